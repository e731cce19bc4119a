"""A real SLURM on this machine: a controller, two nodes, and what can happen to them."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

# Where it always lies: Snakemake's plugin takes SLURM's variables out of the environment.
CONFIGURATION = Path("/etc/slurm/slurm.conf")
NODES = ("node1", "node2")
PATIENCE = 300  # seconds until SLURM has noticed something

# Any memory and any number of processors are believed. Everything that is noticed is noticed soon:
# a lost node after ten seconds, a job that outgrows its memory after one.
TEXT = """
ClusterName=test
SlurmctldHost={host}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
OverTimeLimit=0
KillWait=2
SlurmdTimeout=10
ReturnToService=2
NodeName=node1 NodeHostname={host} Port=17301 CPUs=2 RealMemory=8000
NodeName=node2 NodeHostname={host} Port=17302 CPUs=2 RealMemory=8000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE
"""


def why_not() -> str | None:
    """Why there can be no SLURM of our own here."""
    plugins = ("snakemake_executor_plugin_slurm", "snakemake_executor_plugin_cluster_generic")
    if not all(map(find_spec, plugins)):
        return "no plugins: uv run --extra slurm --extra cluster-generic"
    missing = [name for name in ("slurmctld", "slurmd", "munged") if not shutil.which(name)]
    if missing:
        return f"no {', '.join(missing)}: apt-get install slurm-wlm munge"
    if os.geteuid() != 0:
        return "SLURM's daemons need root"
    if processes(lambda path: name_of(path.name) in ("slurmctld", "slurmd")):
        return "a SLURM is at work on this machine"
    return None


class Job(NamedTuple):
    """A job, or a task of an array."""

    number: str
    rule: str
    node: str


class Slurm:
    """Starts the daemons; `stop` ends them and all jobs, and restores the configuration."""

    def __init__(self, folder: Path):
        self.folder, self.daemons = folder, {}
        self.before = CONFIGURATION.read_bytes() if CONFIGURATION.exists() else None
        CONFIGURATION.parent.mkdir(parents=True, exist_ok=True)
        CONFIGURATION.write_text(TEXT.format(host=socket.gethostname(), folder=folder))
        try:
            self.start_munge()
            self.start_controller()
            self.mend()
        except BaseException:
            self.stop()
            raise

    def start(self, name: str, *command, **variables) -> None:
        with (self.folder / f"{name}.out").open("w") as log:
            self.daemons[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | variables,
            )

    def start_munge(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        own = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log"}
        own |= {"seed-file": "seed"}
        paths = [f"--{option}={self.folder}/munge.{name}" for option, name in own.items()]
        self.start("munged", "munged", "--foreground", "--force", *paths)
        self.wait_until((self.folder / "munge.socket").exists)

    def start_controller(self) -> None:
        self.start("slurmctld", "slurmctld", "-D")

    def start_node(self, node: str) -> None:
        # Whatever a node runs has its name in the environment.
        self.start(node, "slurmd", "-D", "-N", node, SLURMD_NODENAME=node)

    def kill(self, name: str) -> None:
        """Kill a daemon, and it alone."""
        daemon = self.daemons.pop(name)
        daemon.kill()
        daemon.wait()

    def lose_node(self, node: str) -> None:
        """Kill all that runs on a node at once, as if its power had failed."""
        of_node = f"SLURMD_NODENAME={node}".encode()
        victims = processes(lambda path: of_node in (path / "environ").read_bytes().split(b"\0"))
        victims |= {parent for parent in map(parent_of, victims) if name_of(parent) == "slurmstepd"}
        # Stopped first, so that none can report the death of another.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for victim in victims:
                with suppress(ProcessLookupError):
                    os.kill(victim, number)
        self.daemons.pop(node).wait()

    def mend(self) -> None:
        """End all jobs and start the nodes that are lost."""
        ask("scancel", f"--user={os.getuid()}")
        for node in NODES:
            if node not in self.daemons:
                self.start_node(node)
        self.wait_until(lambda: self.node_states() == dict.fromkeys(NODES, "idle"))

    def stop(self) -> None:
        for name in list(self.daemons):
            if name in NODES:
                self.lose_node(name)
            else:
                self.kill(name)
        if self.before is None:
            CONFIGURATION.unlink()
        else:
            CONFIGURATION.write_bytes(self.before)

    def node_states(self) -> dict[str, str]:
        return dict(line.split() for line in ask("sinfo", "--noheader", "--Node", "--format=%N %t"))

    def jobs(self, run: str, states: str = "all") -> list[Job]:
        """The jobs of a run (it is their name) that are in one of the states."""
        lines = ask(
            *("squeue", "--noheader", "--array", f"--name={run}", f"--states={states}"),
            "--format=%i|%k|%N",
        )
        # The plugin's comment: rule_<rule> or rule_<rule>_wildcards_<wildcards>.
        return [
            Job(number, comment.removeprefix("rule_").partition("_wildcards_")[0], node)
            for number, comment, node in (line.split("|") for line in lines)
        ]

    def wait_until(self, condition) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self.complaints()
            time.sleep(0.2)

    def complaints(self) -> str:
        """The last of what each daemon said."""
        logs = sorted([*self.folder.glob("*.log"), *self.folder.glob("*.out")])
        return "\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-2000:]}" for log in logs)


def ask(*command: str) -> list[str]:
    """The lines that a command of SLURM prints; none while the controller cannot be reached."""
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def processes(condition) -> set[int]:
    """The processes that fulfil a condition on their folder in /proc."""
    found = set()
    for path in Path("/proc").iterdir():
        with suppress(OSError):
            if path.name.isdigit() and condition(path):
                found.add(int(path.name))
    return found


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def name_of(process: int) -> str:
    return Path(f"/proc/{process}/comm").read_text().strip()
