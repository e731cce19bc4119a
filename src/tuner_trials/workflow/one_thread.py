"""Import this before any other package, and numerical libraries compute with one thread.

Trials run side by side in processes of their own, and the number of threads must not decide in
which order numbers are added up. TensorFlow is told by `use_one_thread` of the Keras engine.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
