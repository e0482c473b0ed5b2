"""One file 单文件: the verifier and the formats that it shares with the portal, as ``verify.py``.

The modules themselves are read and put one behind the other in the order in which they import one
another, so that the file can never say anything else than they do. The same sources give the same
bytes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

MODULE = "disclosure.log.verifying.program"
FILE_NAME = "verify.py"
_OURS = "disclosure"
_ROOT = Path(__file__).resolve().parents[3]

_HEAD = '''\
#!/usr/bin/env python3
"""verify.py: check a transparency portal for social assistance from outside.

It checks that every notice, document and figure that the portal shows stands in its public log with
the same content, that everything that holds is shown, that the log's entries add up to the
checkpoint that the log's key signed, and that the log was only ever added to since the last time.
Keep this file and the state file it writes; run it as often as you like, from wherever you like:

    python3 -m pip install pynacl
    python3 verify.py https://www.example.gov.cn --state example.json

Exit 0: all is well. Exit 1: something does not hold, and each thing is named. It needs Python 3.9
or later and PyNaCl, sends nothing but requests for public pages, and is under the same licence as
the portal that it comes from: keep it, pass it on. It was made by joining the portal's own modules,
which say the same word for word.
"""
'''
_FOOT = """

if __name__ == "__main__":
    sys.exit(run_verifier(sys.argv[1:], now=datetime.now(timezone.utc)))
"""
_NEEDED_BY_FOOT = "import sys\nfrom datetime import datetime, timezone\n"
_MISSING = "verify.py needs PyNaCl: python3 -m pip install pynacl"


class CannotJoin(Exception):
    """The modules cannot be put into one file as they are written."""


def single_file() -> bytes:
    """Return ``verify.py``; raises CannotJoin where two modules use one name for two things."""
    modules: dict[str, _Module] = {}
    _collect(MODULE, modules)
    imports = _Imports()
    imports.add_all(ast.parse(_NEEDED_BY_FOOT))
    for module in modules.values():
        imports.add_all(module.tree)
    _check_names(modules, imports)
    bodies = [module.body() for module in modules.values()]
    return "".join([_HEAD, imports.text(), *bodies, _FOOT]).encode()


@dataclass
class _Module:
    """A module's source with its syntax tree."""

    name: str
    source: str
    tree: ast.Module

    def body(self) -> str:
        """Return the source behind the module's docstring, without its imports."""
        lines = self.source.splitlines()
        for node in self.tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)) or node is self.tree.body[0]:
                first, last = node.lineno - 1, node.end_lineno or node.lineno
                lines[first:last] = [""] * (last - first)
        text = "\n".join(lines).strip("\n")
        comment = "".join(f"# {line}".rstrip() + "\n" for line in self.docstring().splitlines())
        return f"\n\n# ---- {self.name}\n#\n{comment}\n{text}\n"

    def docstring(self) -> str:
        """Return the module's docstring."""
        return ast.get_docstring(self.tree) or ""

    def imported(self) -> list[str]:
        """Return which of our modules it imports; raises CannotJoin for what cannot be joined."""
        found = []
        for node in ast.walk(self.tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] == _OURS for name in names):
                raise CannotJoin(f"{self.name} imports a module whole")
            if isinstance(node, ast.ImportFrom) and _is_ours(node):
                if any(alias.asname for alias in node.names):
                    raise CannotJoin(f"{self.name} imports under another name")
                found.append(str(node.module))
        return found

    def defined(self) -> set[str]:
        """Return the names that the module defines at its top level."""
        names: set[str] = set()
        for node in self.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.Assign):
                targets = [one for target in node.targets for one in ast.walk(target)]
                names |= {one.id for one in targets if isinstance(one, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
        return names


def _is_ours(node: ast.ImportFrom) -> bool:
    return (node.module or "").split(".")[0] == _OURS


def _collect(name: str, modules: dict[str, _Module]) -> None:
    """Add the module ``name`` behind everything that it imports."""
    path = _ROOT.joinpath(*name.split(".")).with_suffix(".py")
    source = path.read_text(encoding="utf-8")
    module = _Module(name, source, ast.parse(source))
    for needed in module.imported():
        if needed not in modules:
            _collect(needed, modules)
    modules[name] = module


@dataclass
class _Imports:
    """What the joined file imports from elsewhere."""

    whole: set[str] = field(default_factory=set)
    parts: dict[str, set[str]] = field(default_factory=dict)

    def add_all(self, tree: ast.Module) -> None:
        """Add what a module imports from elsewhere."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.whole |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not _is_ours(node):
                names = {alias.name for alias in node.names}
                self.parts.setdefault(str(node.module), set()).update(names)

    def names(self) -> set[str]:
        """Return the names that they bring."""
        found = {name.split(".")[0] for name in self.whole}
        return found.union(*self.parts.values())

    def text(self) -> str:
        """Return the lines that import them; what must be installed first says so kindly."""
        lines = ["", "from __future__ import annotations", ""]
        lines += [f"import {name}" for name in sorted(self.whole)]
        froms = {
            module: f"from {module} import {', '.join(sorted(names))}"
            for module, names in sorted(self.parts.items())
            if module != "__future__"
        }
        lines += [line for module, line in froms.items() if not module.startswith("nacl")]
        lines += ["", "try:"]
        lines += [f"    {line}" for module, line in froms.items() if module.startswith("nacl")]
        lines += ["except ImportError:", f'    sys.exit("{_MISSING}")', ""]
        return "\n".join(lines)


def _check_names(modules: dict[str, _Module], imports: _Imports) -> None:
    taken = dict.fromkeys(imports.names(), "an import")
    for module in modules.values():
        for name in sorted(module.defined()):
            if name in taken:
                raise CannotJoin(f"{module.name} and {taken[name]} both have the name {name}")
            taken[name] = module.name
