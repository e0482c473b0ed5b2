"""The foot of every public page 页脚: what the sites of Chinese authorities must say there.

Source: 国办发〔2017〕47号《政府网站发展指引》 (主办单位、联系方式、网站标识码、找错链接);
《互联网信息服务管理办法》 (ICP备案号); 公安部令第33号 (公安备案号).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from portal.data.accounts import Actor
from portal.data.choices import choose, find_choice
from portal.kernel.errors import Refused
from portal.kernel.language import N_

CHOICE = "footer"
LONGEST_NAME = 120
LONGEST_ADDRESS = 300
ICP_SITE = "https://beian.miit.gov.cn/"
POLICE_SITE = "https://beian.mps.gov.cn/#/query/webSearch?code="

_PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云黔滇藏陕甘青宁新"
_SITE_CODE = re.compile(r"\d{10}|[Bb][Mm]\d{8}")
_ICP = re.compile(rf"[{_PROVINCES}]ICP备\d{{6,10}}号(-\d{{1,4}})?")
_POLICE = re.compile(rf"[{_PROVINCES}]公网安备\d{{14}}号")
_PHONE = re.compile(r"[0-9][0-9 \-]{2,38}[0-9]")


@dataclass(frozen=True)
class Footer:
    """What stands at the foot; an empty text is not shown.

    ``faults_url`` is the address of 政府网站找错 for this very site.
    """

    organiser: str = ""
    undertaker: str = ""
    phone: str = ""
    site_code: str = ""
    icp: str = ""
    police: str = ""
    faults_url: str = ""

    @property
    def police_url(self) -> str:
        """Where the police show the record of this number."""
        return POLICE_SITE + "".join(sign for sign in self.police if sign.isdigit())

    @property
    def icp_url(self) -> str:
        """Where the ministry has the records of every site."""
        return ICP_SITE


def tidy(name: str, text: str) -> str:
    """Return ``text`` as the member ``name`` of a footer is written; numbers have no spaces."""
    plain = " ".join(text.split())
    if name in {"site_code", "icp", "police", "phone"}:
        plain = " ".join(unicodedata.normalize("NFKC", plain).split())
    if name in {"site_code", "icp", "police", "faults_url"}:
        plain = unicodedata.normalize("NFC", plain.replace(" ", ""))
    return re.sub("icp备", "ICP备", plain, flags=re.IGNORECASE) if name == "icp" else plain


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    if len(text) > LONGEST_ADDRESS or parts.scheme not in {"http", "https"}:
        return False
    return "." in host and parts.username is None


def _is_a_name(text: str) -> bool:
    return len(text) <= LONGEST_NAME


Rule = tuple[Callable[[str], object], str]
_NAME_RULE: Rule = (_is_a_name, N_("Use at most 120 characters."))
_RULES: Mapping[str, Rule] = {
    "site_code": (
        _SITE_CODE.fullmatch,
        N_("The site code has 10 characters, for example 6404000001."),
    ),
    "icp": (
        _ICP.fullmatch,
        N_("Write the ICP number as granted, for example 宁ICP备12345678号-1."),
    ),
    "police": (
        _POLICE.fullmatch,
        N_("Write the police number as granted, for example 宁公网安备64040202000001号."),
    ),
    "phone": (
        _PHONE.fullmatch,
        N_("Write the telephone number with digits and hyphens, for example 0954-0000000."),
    ),
    "faults_url": (
        _is_web_address,
        N_("Copy the whole address, beginning with https://, of at most 300 characters."),
    ),
}


def check(name: str, text: str) -> None:
    """Raise Refused where ``text``, tidied, cannot be the member ``name`` of a footer."""
    is_right, problem = _RULES.get(name, _NAME_RULE)
    if text and not is_right(text):
        raise Refused(problem)


def find_footer(session: Session) -> Footer:
    """Return what was chosen; everything empty where nobody has chosen."""
    chosen = find_choice(session, CHOICE) or {}
    return Footer(**{name: chosen.get(name, "") for name in asdict(Footer())})


def choose_footer(
    session: Session, actor: Actor, values: Mapping[str, str], *, now: datetime
) -> None:
    """Put ``values`` at the foot of every page from now on.

    Raises Refused for a value that cannot be, Forbidden for anybody but the site's administrator.
    """
    tidied = {name: tidy(name, values.get(name, "")) for name in asdict(Footer())}
    for name, text in tidied.items():
        check(name, text)
    choose(session, actor, CHOICE, tidied, now=now)
