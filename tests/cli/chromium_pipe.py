"""Starts Chromium for the scripts of this folder that control it over pipes
(--remote-debugging-pipe), so that no port is needed."""
import os
import subprocess

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"]


def start(flags):
    """Returns the process, and the descriptors for writing to it and for reading from it."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()

    def plumb():
        # Chromium uses descriptors 3 and 4; our ends may already have these numbers.
        reading, writing = os.dup(to_read), os.dup(from_write)
        os.dup2(reading, 3)
        os.dup2(writing, 4)

    process = subprocess.Popen(
        ["chromium", *flags, *FLAGS, "about:blank"], preexec_fn=plumb, close_fds=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(to_read)
    os.close(from_write)
    return process, to_write, from_read
