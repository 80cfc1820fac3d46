"""The pool: who may run now, the life of each worker, and the end of its sandbox, confirmed."""
