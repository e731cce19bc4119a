"""Draw the rules of the workflow, as Snakemake knows them, into docs/workflow.md.

    uv run tools/draw_rules.py            draw them anew; needed after a rule was added or rewired
    uv run tools/draw_rules.py --check    only say whether the drawing is that of today

Nodes and edges are those of `snakemake --rulegraph` on config.yaml. An edge is left out where a
longer way between the same two rules implies it, and rules that share a file stand together.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "workflow.md"
SNAKEFILE = (ROOT / "Snakefile").read_text("utf-8")
FILES = [*re.findall(r'^include: "(.+)"$', SNAKEFILE, re.M), "Snakefile"]
DRAWING = re.compile(r"(?<=^```mermaid\n).*?(?=^```$)", re.M | re.S)

Graph = dict[str, set[str]]  # each rule, and the rules that it waits for


def rule_graph() -> Graph:
    """Ask Snakemake."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "mermaid-js"]
    run = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    names = dict(re.findall(r"^\s*(id\d+)\[(\w+)\]$", run.stdout, re.M))
    graph: Graph = {name: set() for name in names.values()}
    for before, after in re.findall(r"^\s*(id\d+) --> (id\d+)$", run.stdout, re.M):
        if before != after:  # a rule whose jobs need each other's files
            graph[names[after]].add(names[before])
    return graph


def without_shortcuts(graph: Graph) -> Graph:
    """Leave out each edge that a longer way between the same two rules implies."""

    def all_before(rule: str) -> set[str]:
        return graph[rule].union(*(all_before(other) for other in graph[rule]))

    return {
        rule: direct - set().union(*(all_before(other) for other in direct))
        for rule, direct in graph.items()
    }


def mermaid(graph: Graph) -> str:
    """Draw a graph, the rules of a file in a box of its name."""
    lines = ["flowchart TB"]
    for file in FILES:
        text = (ROOT / file).read_text("utf-8")
        rules = re.findall(r"^\s*(?:use rule \w+ as|rule|checkpoint) (\w+)(?: with)?:", text, re.M)
        drawn = [f"        {rule}" for rule in rules if rule in graph]
        if drawn:
            lines += [f'    subgraph "{file}"', *drawn, "    end"]
    for rule in sorted(graph):
        lines += [f"    {before} --> {rule}" for before in sorted(graph[rule])]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the workflow's rules into docs/workflow.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if it is stale")
    check = parser.parse_args().check

    page = PAGE.read_text("utf-8")
    today = DRAWING.sub(lambda _: mermaid(without_shortcuts(rule_graph())), page)
    if not check:
        PAGE.write_text(today, "utf-8")
    elif today != page:
        sys.exit(f"{PAGE.relative_to(ROOT)} is stale; run `uv run tools/draw_rules.py`")


if __name__ == "__main__":
    main()
