"""Import this before any other package to restrict numerical libraries to one thread.

Trials run in parallel in separate processes, and the number of threads must not determine the order
in which numbers are summed. TensorFlow is configured by `use_one_thread` of the Keras engine.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
