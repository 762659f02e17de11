"""Handlebars, as the contract's templates use it (webhooks.md 7)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalends.handlebars.budget import MOST_CHARACTERS, MOST_STEPS, Budget
from kalends.handlebars.errors import TemplateError
from kalends.handlebars.parser import parse
from kalends.handlebars.render import render

CONTEXT: dict[str, Any] = {
    "title": "Tea & cake",
    "attendees": [{"name": "Bo", "tags": ["a", "b"]}, {"name": "Cy", "tags": []}],
    "length": 30,
    "ratio": 1.5,
    "whole": 2.0,
    "yes": True,
    "no": False,
    "zero": 0,
    "nothing": None,
    "blank": "",
    "empty": [],
    "object": {"a": 1, "b": 2},
    "odd key": {"video url": "https://v.example"},
    "key": "a",
    "list": [1, None, [2, "x"], {"y": 1}],
}


def shown(template: str) -> str:
    return render(template, CONTEXT, escape=lambda text: text.replace("&", "&amp;"), budget=Budget())


@pytest.mark.parametrize(
    ("template", "text"),
    [
        # Values
        ("{{title}}", "Tea &amp; cake"),
        ("{{{title}}}", "Tea & cake"),
        ("{{&title}}", "Tea & cake"),
        ("{{ length }}", "30"),
        ("{{ratio}} {{whole}}", "1.5 2"),
        ("{{yes}} {{no}}", "true false"),
        ("[{{nothing}}{{missing}}{{missing.deeper.still}}]", "[]"),
        ("{{attendees.0.name}} {{attendees.[1].name}} [{{attendees.9.name}}]", "Bo Cy []"),
        ("{{attendees.length}}", "2"),
        ("{{list}}", "1,,2,x,[object Object]"),
        ("{{object}} {{this.key}} {{./key}} {{object/a}}", "[object Object] a a 1"),
        ("{{[odd key].[video url]}}", "https://v.example"),
        ('{{"text"}} {{5}} {{-1.5}}', "text 5 -1.5"),
        ("{{title.__class__}}{{object.items}}{{attendees.__len__}}", ""),
        # Conditions
        ("{{#if yes}}a{{else}}b{{/if}}", "a"),
        ("{{#if no}}a{{else}}b{{/if}}", "b"),
        *(
            (f"{{{{#if {name}}}}}a{{{{else}}}}b{{{{/if}}}}", "b")
            for name in ("zero", "nothing", "blank", "empty", "missing")
        ),
        ("{{#if object}}a{{/if}}{{#if missing}}b{{/if}}", "a"),
        ("{{#if zero includeZero=true}}a{{/if}}", "a"),
        ("{{#if no}}a{{else if zero}}b{{else if yes}}c{{else}}d{{/if}}", "c"),
        ("{{#if no}}a{{else if zero}}b{{else}}d{{/if}}", "d"),
        ("{{#unless no}}a{{else}}b{{/unless}}{{#unless yes}}c{{/unless}}", "a"),
        ("{{^no}}a{{/no}}{{#no}}b{{else}}c{{/no}}{{^yes}}d{{else}}e{{/yes}}", "ace"),
        # Loops and contexts
        ("{{#each attendees}}{{@index}}{{@first}}{{@last}}{{name}};{{/each}}", "0truefalseBo;1falsetrueCy;"),
        ("{{#each object}}{{@key}}={{this}};{{/each}}", "a=1;b=2;"),
        ("{{#each empty}}a{{else}}b{{/each}}{{#each length}}c{{else}}d{{/each}}", "bd"),
        ("{{#each attendees}}{{name}}{{../length}}{{/each}}", "Bo30Cy30"),
        ("{{#each attendees}}{{#if name}}{{../length}}{{/if}}{{/each}}", "3030"),
        (
            "{{#each attendees}}{{#each tags}}{{this}}{{../name}}{{../../key}} {{/each}}{{/each}}",
            "aBoa bBoa ",
        ),
        ("{{#each attendees as |one place|}}{{place}}{{one.name}}{{/each}}", "0Bo1Cy"),
        ("{{#each attendees}}{{@root.length}}{{/each}}", "3030"),
        ("{{#with object}}{{a}}{{../length}}{{/with}}{{#with nothing}}x{{else}}y{{/with}}", "130y"),
        ("{{#with object as |it|}}{{it.b}}{{/with}}", "2"),
        ("{{#attendees}}{{name}}{{/attendees}}{{#object}}{{b}}{{/object}}", "BoCy2"),
        ("{{../title}}{{#with object}}{{../../title}}{{/with}}", ""),
        ("{{lookup object key}}{{lookup attendees.0 'name'}}{{lookup list 0}}", "1Bo1"),
        ("{{#if (lookup object 'zzz')}}a{{else}}b{{/if}}", "b"),
        # Comments, white space, escapes
        ("a{{! no }}{{!-- no }} --}}b", "ab"),
        ("a  {{~length~}}  b", "a30b"),
        ("a {{~#if yes~}} b {{~/if~}} c", "abc"),
        ("{{#each attendees}}\n- {{name}}\n{{/each}}\nend", "- Bo\n- Cy\nend"),
        ("a\n  {{#if yes}}\n  b\n  {{else}}\n  c\n  {{/if}}\nd\n", "a\n  b\nd\n"),
        ("a\n{{! alone }}\nb", "a\nb"),
        ("a {{#if yes}}\nb{{/if}}", "a \nb"),
        (r"\{{length}} \\{{length}}", r"{{length}} \30"),
        ("no tags }} at all {", "no tags }} at all {"),
    ],
)
def test_a_template_becomes(template: str, text: str) -> None:
    assert shown(template) == text


@pytest.mark.parametrize(
    "template",
    [
        "{{",
        "{{title",
        "{{{title}}",
        "{{title name}}",
        "{{}}",
        "{{#if}}{{/if}}",
        "{{#if yes no}}{{/if}}",
        "{{#if yes}}",
        "{{#if yes}}{{/each}}",
        "{{/if}}",
        "{{else}}",
        "{{#if yes}}{{else}}{{else}}{{/if}}",
        "{{#if yes}}{{else if no}}",
        "{{shout title}}",
        "{{#repeat 5}}{{/repeat}}",
        "{{lookup object}}",
        "{{(lookup object key}}",
        "{{> partial}}",
        "{{* decorator}}",
        "{{#each attendees as |one}}{{/each}}",
        "{{a..b}}",
        "{{'a}}",
        "{{!-- never closed }}",
        "{{#if yes}}" * 51 + "{{/if}}" * 51,
        "{{" + "(lookup a " * 60 + "b" + ")" * 60 + "}}",
        "{{#if a " + "b=1 " * 10 + "}}{{/if}}",
    ],
)
def test_what_is_malformed_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        parse(template)


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(TemplateError, match="line 3: there is no helper 'shout'"):
        parse("a\n{{title}}\n{{shout title}}")


MANY: dict[str, Any] = {
    "many": list(range(500)),
    "long": "x" * 10_000,
    "name": "&",
    "deep": {"er": {"still": 1}},
}
STEPS = f"more than {MOST_STEPS} steps"
CHARACTERS = f"longer than {MOST_CHARACTERS} characters"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{#each many}}{{#each ../many}}{{/each}}{{/each}}", STEPS),
        ("{{#each many}}" + "x{{! }}" * 300 + "{{/each}}", STEPS),
        ("{{#each many}}" + "{{missing}}" * 2_000 + "{{/each}}", STEPS),
        ("{{#each many}}{{" + "../" * 250 + "many}}{{/each}}", STEPS),
        ("{{#each many}}{{@root." + "deep." * 250 + "er}}{{/each}}", STEPS),
        ("{{#each many}}{{#if (lookup @root @root.many)}}{{/if}}{{/each}}", STEPS),
        ("{{#each many}}{{#with @root}}{{many}}{{/with}}{{/each}}", STEPS),
        ("{{#each many}}{{../long}}{{/each}}", CHARACTERS),
        ("{{#each many}}" + "x" * 10_000 + "{{/each}}", CHARACTERS),
    ],
)
def test_a_template_cannot_grow_without_bound(template: str, why: str) -> None:
    with pytest.raises(TemplateError, match=why):
        render(template, MANY, escape=str, budget=Budget())


def test_what_a_value_is_escaped_to_counts() -> None:
    with pytest.raises(TemplateError, match=CHARACTERS):
        render("{{#each many}}{{../name}}{{/each}}", MANY, escape=lambda text: text * 10_000, budget=Budget())


def test_texts_share_a_budget() -> None:
    budget = Budget()
    template = "{{#each many}}{{this}}{{/each}}"
    for _ in range(10):
        assert render(template, MANY, escape=str, budget=budget)
    with pytest.raises(TemplateError, match=STEPS):
        render(template * 30, MANY, escape=str, budget=budget)


def test_a_template_is_given_up_after_a_while() -> None:
    with pytest.raises(TemplateError, match=r"longer than 0\.0 s"):
        render("{{#each many}}{{this}}{{/each}}", MANY, escape=str, budget=Budget(seconds=0.0))


A_LOT = 300_000
"""Characters with which what took their square would never end."""


@pytest.mark.parametrize(
    "template",
    [
        "\\" * A_LOT,
        " " * A_LOT + "x{{#if a}}{{/if}}",
        "{{#if a}}" + " \t" * A_LOT + "x{{/if}}",
        "\n" * A_LOT + "x{{! y }}",
    ],
    ids=["backslashes", "blanks before", "blanks after", "lines"],
)
def test_reading_takes_as_long_as_a_template_is(template: str) -> None:
    assert parse(template)


def test_what_cannot_be_read_is_refused_as_fast() -> None:
    with pytest.raises(TemplateError, match="cannot be understood"):
        parse("{{" + "[" * A_LOT + "}}")


@given(st.text(alphabet="{}#/^!&~()|[]. \n\"'=@abeifnslchtu", max_size=60))
def test_whatever_is_written_is_filled_in_or_refused(template: str) -> None:
    try:
        text = render(template, CONTEXT, escape=str, budget=Budget())
    except TemplateError:
        return
    assert "{{" not in template or text is not None


@given(st.text(alphabet=st.characters(exclude_characters="{\\"), max_size=60))
def test_what_has_no_tags_stays_as_it_is(text: str) -> None:
    assert render(text, {}, escape=str, budget=Budget()) == text
