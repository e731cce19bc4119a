"""Memory of a process that trains a hundred trials one after another.

    uv run benchmarks/memory.py

Prints resident memory after the first ten and the last ten trials, and the peak, as a Markdown
table: the default experiment's space and image size, one epoch a trial, on made-up images.
"""

import resource
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).parents[1]
TRIALS = 100


def resident() -> float:
    """Resident memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    from tuner_trials.experiment import read_experiment
    from tuner_trials.tasks.keras.engine import Part, Task, load_model_builder, use_one_thread
    from tuner_trials.trials.trial import train

    use_one_thread()
    rng = np.random.default_rng(0)

    def made_up(rows: int) -> Part:
        return Part(rng.integers(0, 256, (rows, 28, 28), np.uint8), rng.integers(0, 10, rows))

    builder = load_model_builder(PROJECT / "models/fcnn.py")
    task = Task(builder, made_up(48_000), made_up(12_000), outputs=10)
    space = read_experiment(PROJECT / "config.yaml").search_space
    memory = []
    for _ in range(TRIALS):
        train(task, space.sample(rng), epochs=1, seed=1)
        memory.append(resident())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print("| trials | resident memory (MB) |\n|---|---|")
    print(f"| 1 to 10, mean | {np.mean(memory[:10]):.0f} |")
    print(f"| {TRIALS - 9} to {TRIALS}, mean | {np.mean(memory[-10:]):.0f} |")
    print(f"| peak | {peak:.0f} |")


if __name__ == "__main__":
    main()
