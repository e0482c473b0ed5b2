"""Sample values for the gallery and the tests: real places, people who do not exist."""

from datetime import UTC, date, datetime
from types import SimpleNamespace as Value
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired


def PAGE_URL(number: int) -> str:
    """Return the address of one page of a list."""
    return f"?page={number}"


QR = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 25" shape-rendering="crispEdges">'
    '<path d="M1 1h7v7H1zM17 1h7v7h-7zM1 17h7v7H1zM10 1h2v3h-2zM14 3h1v4h-1z'
    "M10 10h5v2h-5zM17 10h3v3h-3zM10 14h2v6h-2zM14 15h4v2h-4zM20 15h2v6h-2zM15 20h3v3h-3z"
    'M3 10h4v2H3z" fill="#000"/>'
    '<path d="M2 2h5v5H2zM18 2h5v5h-5zM2 18h5v5H2z" fill="#fff"/>'
    '<path d="M3 3h3v3H3zM19 3h3v3h-3zM3 19h3v3H3z" fill="#000"/></svg>'
)

COLUMNS = [
    {"key": "n", "label": "序号", "kind": "n"},
    {"key": "name", "label": "姓名", "kind": "name"},
    {"key": "village", "label": "村", "kind": "text"},
    {"key": "group", "label": "组", "kind": "text"},
    {"key": "persons", "label": "保障人数", "kind": "number"},
    {"key": "class", "label": "类别", "kind": "text"},
    {"key": "amount", "label": "月保障金（元）", "kind": "money"},
]

NAMES = [
    *("马**", "王**", "李*", "尉迟**", "杨**", "马*", "兰**", "海**"),
    *("苏*", "张**", "欧阳*", "田**", "马**", "古***·***", "未成年人，不公示姓名"),
]
VILLAGES = ["官厅村", "刘店村", "庙台村", "石碑村", "程儿山村"]

ROWS: list[dict[str, Any]] = [
    {
        "n": n,
        "name": name,
        "village": VILLAGES[n % 5],
        "group": f"{n % 4 + 1}组",
        "persons": n % 4 + 1,
        "class": "ABC"[n % 3] + "类",
        "amount": (38_000 + 4_350 * (n % 7)) * (n % 4 + 1),
    }
    for n, name in enumerate(NAMES, 1)
]

NOTICES = [
    Value(
        title="官厅镇2026年11月农村低保审核公示",
        url="/n/k3v9q2m7xa",
        place="原州区官厅镇",
        kind="审核公示",
        state="posted",
        posted_from=date(2026, 11, 16),
        posted_to=date(2026, 11, 22),
        households=24,
        persons=46,
        amount=1_290_000,
    ),
    Value(
        title="三营镇农村低保对象名单（2026年10月）",
        url="/n/p8d2w6t4zb",
        place="原州区三营镇",
        kind="低保对象名单",
        state="standing",
        published_on=date(2026, 10, 9),
        households=1_203,
        persons=2_418,
        amount=14_856_000,
    ),
    Value(
        title="白阳镇2026年第三季度支出型临时救助对象名单",
        url="/n/r5h1c9s3yd",
        place="彭阳县白阳镇",
        kind="临时救助",
        state="corrected",
        published_on=date(2026, 10, 12),
        households=37,
        persons=37,
        amount=8_640_000,
    ),
    Value(
        title="西吉县2026年1—9月社会救助资金发放情况",
        url="/n/b7n4f0e8gc",
        place="西吉县",
        kind="资金发放",
        state="withdrawn",
        published_on=date(2026, 10, 15),
    ),
]

PLACES = [
    Value(name=name, url=f"/r/6404020{n:05d}", initial=initial)
    for n, (initial, name) in enumerate(
        [
            ("B", "北塬街道"), ("G", "古雁街道"), ("G", "官厅镇"), ("H", "河川乡"),
            ("H", "黄铎堡镇"), ("K", "开城镇"), ("N", "南关街道"), ("P", "彭堡镇"),
            ("S", "三营镇"), ("T", "炭山乡"), ("T", "头营镇"), ("Z", "寨科乡"),
            ("Z", "张易镇"), ("Z", "中河乡"),
        ]
    )
]  # fmt: skip

COUNTIES = [
    Value(name=name, url=f"/r/64042{n}000000", initial=initial, note=note)
    for n, initial, name, note in [
        (0, "Y", "原州区", "15个乡镇街道"),
        (2, "X", "西吉县", "19个乡镇"),
        (3, "L", "隆德县", "13个乡镇"),
        (4, "J", "泾源县", "7个乡镇"),
        (5, "P", "彭阳县", "12个乡镇"),
    ]
]

CONTACTS = [
    Value(
        unit="官厅镇民政办",
        phones=["0954-6404003"],
        address="原州区官厅镇政府一楼便民大厅3号窗口",
        hours="工作日 8:30—12:00，14:30—18:00",
    ),
    Value(unit="原州区民政局社会救助科", phones=["0954-6404990"], note="监督镇（街道）的办理工作"),
    Value(unit="原州区纪委监委", phones=["12388"], note="只受理党员、干部违纪违法问题"),
]

TILES = [
    {"label": "在保户数", "value": "24", "unit": "户"},
    {"label": "保障人数", "value": "46", "unit": "人"},
    {"label": "月保障金", "value": "12,900.00", "unit": "元", "kind": "money"},
]

EVENTS = [
    Value(
        title="已登记",
        at=datetime(2026, 11, 3, 1, 20, tzinfo=UTC),
        text="您通过网站提交，编号已生成。",
    ),
    Value(
        title="已受理",
        at=datetime(2026, 11, 4, 7, 5, tzinfo=UTC),
        who="原州区民政局",
        text="由原州区民政局负责核查并答复。",
    ),
    Value(
        title="答复期限已过",
        on=date(2026, 11, 18),
        state="late",
        text="已提醒承办单位，并报告上级单位。",
    ),
    Value(title="正在核查", state="current", due_on=date(2026, 11, 27), who="原州区民政局"),
    Value(title="答复", state="upcoming"),
    Value(title="回访并办结", state="upcoming"),
]

PROBLEMS = [
    Value(
        row=7,
        column="身份证号",
        severity="error",
        message="身份证号的校验码不对。",
        advice="请对照户口簿或身份证改正后重新上传。",
    ),
    Value(
        row=12,
        column="月保障金",
        severity="error",
        message="金额是负数。",
        advice="追回的款项请在资金表里填写，不放在名单里。",
    ),
    Value(
        row=19,
        column="备注",
        severity="warning",
        message="备注里像是有一个手机号码。",
        advice="备注不会公示；如不需要，请从表中删去。",
    ),
    Value(
        row=None,
        column=None,
        severity="warning",
        message="合计行与各行相加不一致：表上 12,900.00 元，相加 12,850.00 元。",
    ),
]

TRACKS = {
    "help": "政策咨询、自己或邻居有困难需要帮助、救助金没有到账。由乡镇民政办答复。",
    "objection": "对正在公示名单中的某一户有不同意见。由乡镇核查，区县监督。",
    "service": "办事慢、态度差、该办不办。由上一级单位答复，被投诉的单位看不到您是谁。",
    "accusation": "干部优亲厚友、截留挪用、吃拿卡要。只有纪检监察机关能看到。",
}


class TrackForm(Form):
    """The first question of a complaint."""

    track = RadioField(
        "您要反映的是哪一类事情？",
        choices=[
            SelectChoice("help", "咨询求助"),
            SelectChoice("objection", "公示异议"),
            SelectChoice("service", "办事投诉"),
            SelectChoice("accusation", "反映干部违纪违法"),
        ],
        validators=[InputRequired("请选择一类")],
    )
    answers = HiddenField()


class StoryForm(Form):
    """One of every control."""

    story = TextAreaField(
        "请写下事情经过",
        description="什么时候、在哪里、发生了什么。请不要写身份证号和银行卡号。",
        validators=[InputRequired("请写下事情经过")],
    )
    name = StringField("怎么称呼您", description="不写也可以，仍会办理。")
    phone = StringField("联系电话", validators=[InputRequired("请填写联系电话")])
    on = DateField("发生日期")
    unit = SelectField(
        "涉及的单位", choices=[SelectChoice("1", "官厅镇民政办"), SelectChoice("2", "三营镇民政办")]
    )
    ways = SelectMultipleField(
        "怎样联系您", choices=[SelectChoice("sms", "短信"), SelectChoice("call", "电话")]
    )
    consent = BooleanField("同意把我的姓名告诉承办单位")
    photo = FileField("照片或材料", description="最多5个，每个不超过10 MB。")


class LoginForm(Form):
    """Signing in."""

    login = StringField("登录名")
    password = PasswordField("密码")
    csrf_token = HiddenField(default="a-token-for-rendering")


def failed(form_class: type[Form]) -> Form:
    """Return ``form_class`` as it stands after an empty answer was sent."""
    form = form_class(MultiDict({"unit": "1"}))
    form.validate()
    return form
