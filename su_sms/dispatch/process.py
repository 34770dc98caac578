"""The process that dispatches: what ends it, and threads that it waits for.

Where Odoo has workers, each is a process that is told to end by a signal, that ends by
itself after so many requests or so much memory, and that is killed when one piece of
its work takes too long. What it works in is a daemon thread, and so would be each
thread begun there: at the end it is stopped wherever it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import socket
import threading
from concurrent.futures import Future
from functools import cache

import psutil

try:
    import resource
except ImportError:  # Windows has no such limits, and Odoo no workers there.
    resource = None

# Bytes for a thread that only talks to the provider, which needs a tenth; as much as
# every thread of Odoo has on Windows. The usual 8 MB count against the worker's limit.
STACK = 1024 * 1024
# Seconds of a processor with which what came back is put on record.
CPU_SECONDS = 20
# Longer than a request takes; whoever stops the server may be less patient.
PATIENCE_SECONDS = 80
M_ARENA_MAX = -8
_logger = logging.getLogger(__name__)
_starting = threading.Lock()
_at_start = set()


class NoThread(Exception):
    """There can be no more threads: no memory for one, or the process ends."""


def worker():
    """Return the worker of Odoo that this process is, None where threads serve."""
    found = _server()
    return found if hasattr(found, "watchdog_pipe") else None


def _server():
    # Odoo has no other way to ask: it is the one that is told to end.
    return getattr(signal.getsignal(signal.SIGINT), "__self__", None)


def when_started(key, work):
    """Call ``work()`` in this process, or where it only starts workers in each of them.

    :param key: what is the same when the same is asked for again
    """
    if not hasattr(_server(), "worker_spawn"):
        work()
    elif key not in _at_start:
        _at_start.add(key)
        os.register_at_fork(after_in_child=work)


def has_jobs():
    """Tell whether this process is one in which Odoo runs jobs."""
    found = worker()
    if found:
        return hasattr(found, "db_queue")
    names = (thread.name for thread in threading.enumerate())
    return any(name.startswith("odoo.service.cron.") for name in names)


@cache
def _place():
    """Return what names where processes have their numbers.

    Servers made of one image may have one name, and containers of one machine too.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            boot = file.read().strip()
        return f"{boot}:{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return socket.gethostname()


def name():
    """Return what names this process among all that there are and have been."""
    here = psutil.Process()
    return f"{_place()} {here.pid} {here.create_time():.0f}"


def has_ended(key):
    """Tell whether a process of this place is no more; False of any other place's.

    :param key: begins with its ``name``
    """
    place, pid, created, *_rest = key.split(" ")
    if place != _place():
        return False
    try:
        # When this machine began is not known to the second.
        return abs(psutil.Process(int(pid)).create_time() - float(created)) > 5
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def is_ending():
    """Tell whether this process has been told to end, or has come to its end."""
    if threading.main_thread().is_alive():
        return not getattr(worker(), "alive", True)
    _allow_cpu()
    return True


def begin_work():
    """Let the time that Odoo gives a piece of work be counted from here.

    All jobs of a database that are due are one piece to Odoo, and the minute in which
    its worker waited for them belongs to it: a slow job before ours would have us
    killed while messages are on the wire. Only for work that is short itself.
    """
    if found := worker():
        found.multi.pipe_ping(found.watchdog_pipe)


def start(target, name, *, small=False):
    """Start a thread that the end of the process waits for, and return it.

    :param small: with a small stack, for what calls neither the ORM nor a database
    :raises NoThread: it was not started, and never will be
    """
    here = threading.current_thread()
    thread = threading.Thread(target=target, name=name, daemon=False)
    # Odoo's logs name the thread's database.
    thread.dbname = getattr(here, "dbname", None)
    try:
        with _small_stacks() if small else contextlib.nullcontext():
            thread.start()
    except RuntimeError as error:
        raise NoThread(str(error)) from error
    return thread


def call(work, name):
    """Return what ``work()`` returns, from a thread that the process's end waits for.

    :raises NoThread: nothing was done
    """
    if not threading.current_thread().daemon:
        return work()
    future = Future()

    def run():
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    start(run, name)
    return future.result()


class Running:
    """Count the dispatchers: ``with`` it; `end` asks them to end and waits."""

    def __init__(self):
        self._changed = threading.Condition()
        self._count = 0
        self._told = False

    @property
    def ending(self):
        """Tell whether nothing more may be claimed, as this process is about to end."""
        return self._told or is_ending()

    def __enter__(self):
        with self._changed:
            self._count += 1

    def __exit__(self, *_):
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def end(self, seconds=PATIENCE_SECONDS):
        """Let nothing more be claimed and wait for what is on the wire.

        :param seconds: how long to wait
        :return: whether all has ended
        """
        self._told = True
        with self._changed:
            if self._count:
                _logger.info("Waiting for the SMS that are on the wire")
            return self._changed.wait_for(lambda: not self._count, seconds)


#: those of this process
running = Running()


@contextlib.contextmanager
def _small_stacks():
    """Let threads begin with a small stack.

    It holds for all that begin in this process at the moment, and is enough for any.
    """
    with _starting:
        _few_arenas()
        usual = threading.stack_size(STACK)
        try:
            yield
        finally:
            threading.stack_size(usual)


@cache
def _few_arenas():
    """Let threads share memory to allocate from, as Odoo does where it has no workers.

    Else each takes 64 MB of the address space that a worker is allowed.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, 2)


def _allow_cpu():
    """Let a process that ends because it has used its time put on record what it sent.

    A signal would come every second, and the next one ends the wait for our threads.
    """
    if not resource:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    needed = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    if hard != resource.RLIM_INFINITY:
        needed = min(needed, hard)
    if soft not in (resource.RLIM_INFINITY, hard) and soft < needed:
        resource.setrlimit(resource.RLIMIT_CPU, (needed, hard))
