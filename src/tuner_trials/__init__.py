"""Compare hyperparameter tuners fairly: the logic, without Snakemake.

Along the way of the data:

- `experiment`, `search_space`: what ``config.yaml`` says, checked.
- `data`: a dataset, verified, and split once.
- `training`, `trials`, `seeds`: one configuration, trained exactly; `store` keeps what was trained.
- `strategies`: who chooses configurations; `search` is the one loop that they all go through.
- `random_search`: the pool that every strategy is measured against.
- `incumbents`, `evaluation`: the winners, trained again and tested.
- `tables`, `analysis`: from trials to tables.
- `figures`, `report`, `export`, `verification`: what is made of the tables.

The rest serves the jobs that do this: `jobs` and `workers` load and train, `job_log` and `progress`
say how far they are, `contract` is what the workflow knows of them, `errors` are those that the
user can put right, `causes` says what was wrong with a model, `orphans` ends what a killed run left
on a cluster. `imports` and `fingerprints` tell one version of the code from another.
"""
