"""XML parts of a workbook, parsed safely: no document type, no entity, nothing from outside."""

from collections.abc import Callable
from xml.parsers import expat

from disclosure.intake.archive import damaged

StartHandler = Callable[[str, dict[str, str]], object]
EndHandler = Callable[[str], object]
TextHandler = Callable[[str], object]


def parse_xml(
    content: bytes,
    start: StartHandler,
    end: EndHandler | None = None,
    text: TextHandler | None = None,
) -> None:
    """Parse ``content``, calling ``start(tag, attributes)`` with the prefix cut off the tag.

    Raises:
        ReadRefused: not XML, or it declares a document type or an entity.
    """
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def forbidden(*_: object) -> None:
        raise damaged()

    parser.StartDoctypeDeclHandler = forbidden
    parser.EntityDeclHandler = forbidden
    parser.StartElementHandler = lambda tag, attrs: start(tag.rpartition(":")[2], attrs)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged() from error
