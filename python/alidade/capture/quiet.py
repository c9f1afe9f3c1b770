"""Keeps the messages of libraries and models off the terminal: what matters of it comes back as failures."""

import contextlib
import logging
import os
import warnings


@contextlib.contextmanager
def quiet_libraries():
    """Standard output is the result and standard error ours, so both are closed to everybody else meanwhile."""
    wanted = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "YOLO_OFFLINE": "true"}
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(added)
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings(), open(os.devnull, "w") as nowhere:
            warnings.simplefilter("ignore")
            with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                yield
    finally:
        logging.disable(logging.NOTSET)
        for name in added:
            os.environ.pop(name, None)
