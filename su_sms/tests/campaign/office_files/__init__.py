"""Files as offices have them, made as the programs make them.

Each function gives the bytes of a file; what is said of a program stands where its
file differs from others'. Numbers of people who are meant end in an even digit, those
of whom nobody means in an odd one.
"""

from . import exports, workbooks
from .exports import contacts_of_a_phone
from .make import FILES
