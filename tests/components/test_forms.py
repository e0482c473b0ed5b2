"""Pieces of a form: the right control, with its label, hint and error, in Chinese."""

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from wtforms import Field, Form, IntegerField, MultipleFileField, StringField
from wtforms.validators import Length

from tests.components import sample_data as samples
from tests.components.rendering import render

IMPORT = (
    '{% from "components/form_page.html" import question, form_field, error_summary, back_link %}'
)


def shown(
    renderer: Flask, field: Field, options: str = "", locale: str = "zh_Hans", **values: object
) -> BeautifulSoup:
    """Return ``field`` as form_field shows it."""
    source = IMPORT + "{{ form_field(field" + (f", {options}" if options else "") + ") }}"
    return BeautifulSoup(render(renderer, source, locale, field=field, **values), "html.parser")


def control(page: BeautifulSoup) -> Tag:
    """Return the one control, after making sure that its label and its notes point to it."""
    found = page.select_one("input, textarea, select")
    assert found is not None
    assert page.select_one(f"label[for='{found['id']}']") is not None
    for note in str(found.get("aria-describedby", "")).split():
        assert page.find(id=note) is not None
    return found


@pytest.mark.parametrize(
    ("name", "tag", "kind"),
    [
        ("story", "textarea", None),
        ("name", "input", "text"),
        ("on", "input", "date"),
        ("unit", "select", None),
        ("ways", "input", "checkbox"),
        ("consent", "input", "checkbox"),
        ("photo", "input", "file"),
    ],
)
def test_the_control_follows_from_the_type_of_the_field(
    renderer: Flask, name: str, tag: str, kind: str | None
) -> None:
    found = control(shown(renderer, samples.StoryForm()[name]))
    assert (found.name, found.get("type")) == (tag, kind)
    assert found["name"] == name


def test_a_password_is_never_sent_back(renderer: Flask) -> None:
    found = control(shown(renderer, samples.LoginForm(data={"password": "once"})["password"]))
    assert (found["type"], found["value"]) == ("password", "")


def test_what_was_written_stands_again_in_its_control(renderer: Flask) -> None:
    form = samples.StoryForm(
        data={
            "story": "</textarea><b>",
            "name": '"><b>',
            "unit": "2",
            "ways": ["call"],
            "consent": True,
        }
    )
    assert control(shown(renderer, form.story)).get_text().strip() == "</textarea><b>"
    assert control(shown(renderer, form.name))["value"] == '"><b>'
    chosen = shown(renderer, form.unit).select_one("option[selected]")
    assert chosen is not None
    assert chosen["value"] == "2"
    assert [box["value"] for box in shown(renderer, form.ways).select("input[checked]")] == ["call"]
    assert shown(renderer, form.consent).select_one("input[checked]") is not None


def test_an_error_stands_beside_its_field_and_is_announced_in_chinese(renderer: Flask) -> None:
    page = shown(renderer, samples.failed(samples.StoryForm)["phone"])
    message = page.select_one("#phone-error")
    assert message is not None
    assert message.get_text(" ", strip=True) == "错误: 请填写联系电话"
    assert "phone-error" in str(control(page)["aria-describedby"])


def test_english_pages_have_english_words(renderer: Flask) -> None:
    page = shown(renderer, samples.failed(samples.StoryForm)["phone"], "optional=true", "en")
    assert "Error:" in page.get_text()
    assert "(optional)" in page.get_text()


def test_choices_that_are_explained_become_cards_and_the_question_is_the_heading(
    renderer: Flask,
) -> None:
    page = shown(
        renderer, samples.TrackForm().track, "heading=true, hints=hints", hints=samples.TRACKS
    )
    heading = page.select_one("fieldset > legend > h1")
    assert heading is not None
    assert heading.get_text(strip=True) == "您要反映的是哪一类事情？"
    assert page.select_one(".choices") is not None
    for radio in page.select("input[type=radio]"):
        hint = page.find(id=str(radio["aria-describedby"]))
        assert isinstance(hint, Tag)
        assert hint.get_text(strip=True) == samples.TRACKS[str(radio["value"])]


def test_the_characters_that_are_left_are_counted_in_chinese(renderer: Flask) -> None:
    page = shown(renderer, samples.StoryForm().story, "maxlength=500")
    assert "最多可写500个字" in page.get_text()
    box = page.select_one("[data-module=govuk-character-count]")
    assert box is not None
    assert box["data-i18n.characters-under-limit.other"] == "还可以写%{count}个字"
    assert box["data-i18n.characters-over-limit.other"] == "超出%{count}个字"
    assert box["data-i18n.characters-at-limit"] == "还可以写0个字"


def test_labels_hints_and_widths_can_be_replaced(renderer: Flask) -> None:
    page = shown(
        renderer,
        samples.StoryForm().name,
        "label='姓名', hint='如身份证', width=10, autocomplete='name'",
    )
    found = control(page)
    assert "姓名" in page.get_text()
    assert "如身份证" in page.get_text()
    assert "govuk-input--width-10" in found["class"]
    assert found["autocomplete"] == "name"


def test_numbers_and_several_files(renderer: Flask) -> None:
    class More(Form):
        count = IntegerField("人数")
        files = MultipleFileField("材料")

    assert control(shown(renderer, More().count))["inputmode"] == "numeric"
    assert "multiple" in control(shown(renderer, More().files, "accept='image/*'")).attrs


def test_the_summary_names_every_error_and_leads_to_its_field(renderer: Flask) -> None:
    form = samples.failed(samples.StoryForm)
    form.form_errors = ["请先选择地点"]
    page = BeautifulSoup(
        render(renderer, IMPORT + "{{ error_summary(form) }}", form=form), "html.parser"
    )
    assert page.h2 is not None
    assert page.h2.get_text(strip=True) == "有内容需要改正"
    said = [
        (item.get_text(strip=True), item.a["href"] if item.a else None)
        for item in page.find_all("li")
    ]
    assert said == [
        ("请先选择地点", None),
        ("请写下事情经过", "#story"),
        ("请填写联系电话", "#phone"),
    ]


def test_without_errors_there_is_no_summary(renderer: Flask) -> None:
    assert not render(
        renderer, IMPORT + "{{ error_summary(form) }}", form=samples.StoryForm()
    ).strip()


def test_a_summary_can_be_made_of_words_alone(renderer: Flask) -> None:
    source = IMPORT + "{{ error_summary(errors=[('查询码不对', 'code'), ('请稍后再试', none)]) }}"
    page = BeautifulSoup(render(renderer, source), "html.parser")
    assert [link["href"] for link in page.find_all("a")] == ["#code"]


def asked(renderer: Flask, form: Form, options: str) -> BeautifulSoup:
    source = IMPORT + "{% call question(form, " + options + ") %}<p>题目</p>{% endcall %}"
    return BeautifulSoup(render(renderer, source, form=form), "html.parser")


def test_a_question_carries_its_hidden_fields_and_one_button(renderer: Flask) -> None:
    page = asked(
        renderer, samples.LoginForm(), "'/desk/login', multipart=true, hidden={'step': '2'}"
    )
    form = page.form
    assert form is not None
    assert (form["method"], form["action"], form["enctype"]) == (
        "post",
        "/desk/login",
        "multipart/form-data",
    )
    assert "novalidate" in form.attrs
    hidden = {str(field["name"]): field["value"] for field in page.select("input[type=hidden]")}
    assert hidden == {"csrf_token": "a-token-for-rendering", "step": "2"}
    assert [button.get_text(strip=True) for button in page.find_all("button")] == ["继续"]


def test_a_question_may_bring_its_own_buttons(renderer: Flask) -> None:
    assert asked(renderer, samples.LoginForm(), "button_text=false").find_all("button") == []


def test_the_summary_stands_before_the_question(renderer: Flask) -> None:
    page = asked(renderer, samples.failed(samples.StoryForm), "'/complain'")
    order = [tag.name for tag in page.select(".govuk-error-summary, form")]
    assert order == ["div", "form"]


def test_a_field_with_two_errors_shows_the_first(renderer: Flask) -> None:
    class Short(Form):
        code = StringField(
            "查询码", validators=[Length(min=5, message="太短"), Length(max=0, message="太长")]
        )

    form = Short(data={"code": "123"})
    form.code.raw_data = ["123"]
    form.validate()
    assert "太短" in shown(renderer, form.code).get_text()


def test_the_way_back_has_words(renderer: Flask) -> None:
    page = BeautifulSoup(render(renderer, IMPORT + "{{ back_link('/complain') }}"), "html.parser")
    assert page.a is not None
    assert (page.a["href"], page.a.get_text(strip=True)) == ("/complain", "返回")
