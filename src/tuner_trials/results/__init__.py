"""From trial files to tables; the best trials; agreement with a reference."""
