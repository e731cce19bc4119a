"""Compare hyperparameter tuners fairly: the logic, without Snakemake.

The rooms, from the ground up; each may import from those above it in this list, never from those
below, which `lint-imports` checks:

- `foundation`: errors, paths, files, versions, seeds. `user_code`: Python files that users bring.
- `space`: the search space, and configurations drawn from it. `objectives`: what trials are judged
  by.
- `tasks`: data, split once; the learner, which Keras (`tasks.keras`) or the user trains.
- `trials`: one configuration trained exactly; the store of all trainings; winners retrained.
- `search`: the one loop that every strategy goes through; the strategies; random search.
- `experiment`: what ``config.yaml`` may say, checked.
- `results`: from trials to tables; agreement with a reference.
- `workflow`: logs, progress, the folder of results, SLURM.
- `analysis`: one table each, from other tables. `figures`: drawn from tables. `extras`: chapters
  that only some experiments ask for. `export`: the trials for other tools.
- `report`: the notebook's sections, in words.
"""
