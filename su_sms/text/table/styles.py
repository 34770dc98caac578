"""Read what the styles of an XLSX file say of its cells: numbers' formats, and strikes.

A format is parsed once for a workbook, when a cell first has it.
"""

from collections.abc import Callable
from datetime import datetime

from . import format as table_format
from .cell import tidy
from .error import TableError
from .parts import DEPTH, Reader, is_on


class Styles(Reader):
    """Reads styles, and shows numbers by them.

    :param spend: takes how much work there was, as `Parts.spend` does
    :ivar epoch: the day that dates count from
    :ivar struck: the styles that are struck through
    """

    def __init__(self, spend: Callable[[int], None], epoch: datetime):
        super().__init__()
        self.struck: set[int] = set()
        self._spend, self._epoch = spend, epoch
        self._codes = dict(_BUILTIN)
        self._fonts: list[bool] = []
        self._styles: list[str] = []
        self._formats: dict[str, table_format.Format] = {}
        self._shown: dict[tuple[str, str], str] = {}
        self._list = ""

    def start(self, name, attributes):
        self.depth += 1
        if self.depth > DEPTH:
            raise TableError("unsafe")
        name = self.names[name]
        if name in _LISTS:
            self._list = name
        elif name in _ELEMENTS.get(self._list, ()):
            self._add(name, attributes)

    def end(self, name):
        self.depth -= 1
        if self.names[name] == self._list:
            self._list = ""

    def _add(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            code = attributes.get("formatCode", "")
            self._codes[int(attributes.get("numFmtId") or 0)] = code[:_LONGEST]
        elif name == "font":
            self._fonts.append(False)
        elif name == "strike" and self._fonts:
            self._fonts[-1] = is_on(attributes.get("val", "1"))
        elif name == "xf":
            self._add_style(attributes)
        if max(len(self._codes), len(self._fonts), len(self._styles)) > _MOST:
            raise TableError("unsafe")

    def _add_style(self, style: dict[str, str]) -> None:
        code = self._codes.get(int(style.get("numFmtId") or 0), "")
        font = int(style.get("fontId") or 0)
        if 0 <= font < len(self._fonts) and self._fonts[font]:
            self.struck.add(len(self._styles))
        self._styles.append("" if code.lower() in _AS_IT_IS else code)

    def shown(self, value: str, style: int) -> str:
        """Return what is shown of a number in a cell of a style.

        :param value: as the file writes it
        """
        code = self._styles[style] if 0 <= style < len(self._styles) else ""
        if not code:
            if value.isdecimal():
                return value
            self._spend(_PLAIN)
            return table_format.plain(float(value))
        text = self._shown.get((code, value))
        if text is None:
            found = self._formats.get(code)
            if found is None:
                self._spend(_PARSED)
                found = self._formats[code] = table_format.Format(code)
            self._spend(found.work)
            text = tidy(found.shown(float(value), self._epoch))
            if len(self._shown) >= _REMEMBERED:
                self._shown.clear()
            self._shown[code, value] = text
        return text


# ECMA-376, part 1, 18.8.30: those that need no code of their own in the file.
_BUILTIN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0;-"$"#,##0',
    6: '"$"#,##0;-"$"#,##0',
    7: '"$"#,##0.00;-"$"#,##0.00',
    8: '"$"#,##0.00;-"$"#,##0.00',
    9: "0%",
    10: "0.00%",
    # What Excel shows by the settings of the computer: here those of Kenya.
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "dd/mm/yyyy hh:mm",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: '#,##0;-#,##0;"-"',
    42: '"$"#,##0;-"$"#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"',
    44: '"$"#,##0.00;-"$"#,##0.00;"-"',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
}
_ELEMENTS = {"numFmts": {"numFmt"}, "fonts": {"font", "strike"}, "cellXfs": {"xf"}}
_LISTS = set(_ELEMENTS)
_AS_IT_IS = {"general", "@", ""}
_MOST = 100_000  # styles, formats or fonts; Excel has 65,490 styles at most
_REMEMBERED = 5_000  # texts of numbers: days, for one, come again and again
_LONGEST = 255  # characters of a code in Excel
# Steps of `Parts.spend`.
_PLAIN, _PARSED = 12, 500
