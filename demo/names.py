"""Names 姓名 of people who do not exist: drawn from surnames and characters that are common there.

Every so many names is one of the kinds that break careless programs: a compound surname, a name
with a dot, a character outside the Basic Multilingual Plane or missing from GBK.
"""

import random
from itertools import accumulate

# Surname and weight: common ones, and those of the region's Hui people.
_SURNAMES = {
    "马": 120,
    **dict.fromkeys("王李张杨", 45),
    **dict.fromkeys("刘陈海赵", 25),
    **dict.fromkeys("苏丁白金田高郭何杜韩吴周孙", 10),
    **dict.fromkeys("穆虎拜者哈纳撒锁妥摆火买咸兰伏剡禹罗米冶沙喇铁", 6),
    **dict.fromkeys("柳魏任雷袁蔡谢段贺柯黑单余朱胡林梁宋许邓冯曹彭曾肖蒋", 4),
}
_FAMILIES = tuple(_SURNAMES)
_WEIGHTS = tuple(accumulate(_SURNAMES.values()))
_COMPOUND = ("欧阳", "上官", "司马", "尉迟", "慕容", "诸葛", "皇甫", "令狐", "宇文")
_DOTTED = (
    ("古丽娜尔", "阿依努尔", "买买提", "艾合买提", "热依汗", "库尔班"),
    ("阿不都", "吐尔逊", "肉孜", "司马义", "哈斯木", "玉素甫"),
)
_MALE = "伟强军平国福明成林海龙文斌永贵忠义宝全德彦廷俊学仁有富生虎占仓万银"
_FEMALE = "秀英兰梅芳霞红燕玉花桂珍莲琴娟丽萍艳凤香淑慧婷月彩雪菊琳洁娥荣素贞"
# All of them can be printed with the posters' font; the first two are missing from GBK.
_RARE = "䶮㛃𠮷𬱖𬭚𬍛𬀩𠅤𬭎𫖮"

_ONE_CHARACTER = 0.25  # of the given names
_EVERY_COMPOUND, _EVERY_DOTTED, _EVERY_RARE = 97, 131, 89


def draw_name(rng: random.Random, number: int, *, male: bool) -> str:
    """Return the name of the ``number``-th person, counted from 0; the number decides its kind."""
    if number % _EVERY_DOTTED == 11:
        first, second = _DOTTED
        return f"{rng.choice(first)}·{rng.choice(second)}"
    given = _draw_given(rng, _MALE if male else _FEMALE)
    if number % _EVERY_RARE == 7:
        given = given[:-1] + _RARE[number // _EVERY_RARE % len(_RARE)]
    if number % _EVERY_COMPOUND == 5:
        return rng.choice(_COMPOUND) + given
    return rng.choices(_FAMILIES, cum_weights=_WEIGHTS)[0] + given


def _draw_given(rng: random.Random, characters: str) -> str:
    first = rng.choice(characters)
    if rng.random() < _ONE_CHARACTER:
        return first
    return first + rng.choice(characters.replace(first, ""))
