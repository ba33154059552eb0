"""Every problem that a card can have: its code, how grave it is, and what it means."""

from __future__ import annotations

from msgspec import Struct

from generator.diagnostics import Diagnostic, Edit, Severity
from generator.source import Span


class Rule(Struct, frozen=True):
    """A kind of problem; `summary` says what a card must not do, or must have."""

    code: str
    severity: Severity
    summary: str

    def at(
        self,
        path: str,
        span: Span,
        message: str,
        hint: str,
        edits: tuple[Edit, ...] = (),
        counterpart: Span | None = None,
    ) -> Diagnostic:
        """The diagnostic that this rule is broken at `span` of the file `path`."""
        return Diagnostic(path, span, self.code, self.severity, message, hint, edits, counterpart)


def _error(code: str, summary: str) -> Rule:
    return Rule(code, Severity.ERROR, summary)


def _warning(code: str, summary: str) -> Rule:
    return Rule(code, Severity.WARNING, summary)


UNREADABLE = _error("E101", "the card can be read")
NOT_UTF8 = _error("E102", "the card is UTF-8 text")
TOO_LARGE = _error("E103", "the card is of a reasonable size")
CONTROL_CHARACTER = _error("E104", "the card has no control characters")
BAD_NAME = _error("E105", "the file's name can be an address")
DUPLICATE_ID = _error("E106", "no two cards have one id")
DECEPTIVE_CHARACTER = _error("E107", "the card has no invisible characters that can deceive")

NO_FRONT_MATTER = _error("E201", "the card begins with front matter")
UNCLOSED_FRONT_MATTER = _error("E202", "a line --- ends the front matter")
BAD_YAML = _error("E203", "the front matter is YAML")
DUPLICATE_KEY = _error("E204", "each key stands once")
UNKNOWN_KEY = _error("E205", "each key is one of the format's")
MISSING_KEY = _error("E206", "no key is missing")
BAD_VALUE = _error("E207", "each value is of the right kind")
UNKNOWN_TEMPLATE = _error("E208", "the template is known")
UNKNOWN_TAG = _error("E209", "each tag is in the hub's vocabulary")
DUPLICATE_TAG = _error("E210", "each tag stands once")
UNKNOWN_SUMMARY_LANGUAGE = _error("E211", "each summary is in a language of the hub")
MISSING_SUMMARY = _error("E212", "there is a summary in each required language")
BAD_LINK = _error("E213", "the link is an http or https address")

NO_SAMPLE_CODE = _error("E301", "there is sample code before the first section")
SECOND_SAMPLE_CODE = _error("E302", "the sample code is one block")
TEXT_BEFORE_SECTIONS = _error("E303", "only the sample code stands before the first section")
UNCLOSED_FENCE = _error("E304", "each fence is closed")
BAD_SECTION_COMMENT = _error("E305", "a section comment is well formed")
UNKNOWN_SECTION_LANGUAGE = _error("E306", "each section is in a language of the hub")
DUPLICATE_SECTION = _error("E307", "there is at most one section a language")
MISSING_SECTION = _error("E308", "there is a section in each required language")
TOO_DEEP = _error("E309", "blocks are not nested too deeply")
SAMPLE_NOT_PYTHON = _warning("E310", "the sample code is Python")
EMPTY_SECTION = _warning("E311", "a section says something")
SUMMARY_WITHOUT_SECTION = _warning("E312", "a language with a summary has a section")
SECTION_WITHOUT_SUMMARY = _warning("E313", "a language with a section has a summary")

UNKNOWN_ATTRIBUTE = _error("E320", "each attribute of a fence is known")
ATTRIBUTE_VALUE = _error("E321", "each attribute has a value if it needs one, of the right kind")
BAD_ATTRIBUTE = _error("E322", "attributes are written name or name=value")
DUPLICATE_ATTRIBUTE = _error("E323", "each attribute stands once in a fence")
CONTRADICTING_ATTRIBUTES = _error("E324", "the attributes of a fence agree with each other")
UNKNOWN_RUNTIME = _error("E325", "each runtime is one of the hub's")
DIFFERENT_RUNTIME = _error("E326", "the sample code and all that follows run in one runtime")
NEARLY_PYTHON = _warning("E327", "a fence that was meant to be executed says python")

SYNTAX_ERROR = _error("E501", "the code has the syntax of its language")
UNDEFINED_NAME = _error("E502", "each name is defined before it is used")
NOT_EXAMINED = _warning("E503", "the code can be examined without running it")
DUPLICATE_VARIANT = _warning("E510", "each alternative in the sample code is another one")
UNKNOWN_ENTRYPOINT = _error("E511", "each entrypoint that is loaded is in hubconf.py")
UNMENTIONED_ENTRYPOINT = _warning("E512", "each entrypoint of hubconf.py is in a card")
TOO_MANY_VARIANTS = _error("E514", "the sample code has a reasonable number of alternatives")
UNREADABLE_HUBCONF = _error("E513", "hubconf.py can be read")
LANGUAGES_DIFFER = _warning("E520", "the code is the same in every language")
SPACING_DIFFERS = _warning("E521", "the same code is laid out in one way in every language")
UNKNOWN_MODEL = _error("E530", "each model in a table of accuracies is an entrypoint")
DIFFERENT_MODELS = _error("E531", "a row of a table speaks of one model")
WRONG_ACCURACY = _error("E532", "an accuracy is the one in the name of the published weights")
WRONG_CONSTANT = _error("E533", "constants in the text are those of the code")

HEADINGS_DIFFER = _warning("E601", "each heading has a counterpart in every language")
BLOCKS_DIFFER = _warning("E602", "what is in a code block is the same in every language")
TABLES_DIFFER = _warning("E603", "tables have the same rows and columns in every language")
VALUES_DIFFER = _error("E604", "tables have the same values in every language")
NUMBERS_DIFFER = _warning("E605", "the numbers in the text are the same in every language")
NAMES_DIFFER = _warning("E606", "models and code are named in every language")
LINKS_DIFFER = _warning("E607", "links lead to the same places in every language")
IMAGES_DIFFER = _warning("E608", "the images are the same in every language")

STALE_TRANSLATION = _warning("E620", "a translation follows the changes of its original")
NOT_AGREED = _warning("E621", "texts that changed together are agreed to be translations again")
DAMAGED_AGREEMENT = _error("E622", "what was agreed of a card's languages can be read")

UNKNOWN_METRICS = _error("E630", "a comment for metrics names a table of the front matter")
BAD_METRICS_COMMENT = _error("E631", "a comment for metrics is well formed")
METRICS_DIFFER = _error("E632", "written tables have the values of the front matter's metrics")
MISSING_METRICS = _warning("E633", "written tables have each entrypoint of the metrics")
UNTRANSLATED_METRICS = _warning("E634", "a table of metrics is in the language of its section")

UNBALANCED_CODE = _warning("E701", "brackets in a code span are balanced")
UNBALANCED_TEXT = _warning("E702", "brackets and quotation marks in a text are balanced")
REPEATED_PUNCTUATION = _warning("E703", "punctuation marks are not doubled")
BROKEN_MARKUP = _warning("E704", "the marks of code, emphasis and links are complete")
DOUBLED_WORD = _warning("E705", "no word stands twice in a row")
MISSPELLING = _warning("E710", "words are spelt as in a dictionary")
HALF_WIDTH = _warning("E711", "punctuation in Chinese text is full-width")
FULL_WIDTH = _warning("E712", "Latin letters, digits and their punctuation are half-width")
MIXED_SEPARATORS = _warning("E713", "the items of an enumeration are separated in one way")
NO_SPACING = _warning("E714", "there is a space between Chinese and Latin words")
NEEDLESS_SPACE = _warning("E715", "there is no space beside full-width punctuation")
HEADING_JUMP = _warning("E720", "a heading is at most one level below the one before it")
UNEVEN_ROW = _warning("E721", "each row of a table has as many cells as its header")
PLAIN_HTTP = _warning("E730", "addresses begin with https")
FORK = _warning("E731", "links lead to the repository of the card, not to a copy of it")
OTHER_BRANCH = _warning("E732", "links lead to the branch from which the card loads")
DUPLICATE_REFERENCE = _warning("E733", "each reference is listed once")
OVERLONG_ADDRESS = _warning("E734", "an address ends where it is meant to end")
UNDEFINED_FOOTNOTE = _warning("E735", "each footnote that is referred to is there")
TRAILING_SPACES = _warning("E740", "lines end without white space")
FINAL_NEWLINE = _warning("E741", "the last line of the file ends")

BROKEN_LINK = _error("E801", "each link to elsewhere leads to something")
MOVED_LINK = _warning("E802", "each link to elsewhere says where things are now")
UNKNOWN_LINK = _warning("E803", "each link to elsewhere is answered")
UNUSED_ALLOWANCE = _warning("E901", "each allowance is for a problem that there is")
NOT_ALLOWABLE = _error("E902", "an allowance names problems that can be allowed")
NO_REASON = _error("E903", "an allowance gives its reason")
BAD_ALLOWANCE = _error("E904", "an allowance is well formed")


_OF_THE_SITE = {
    "E001": "the settings of the hub can be used",
    "E002": "each text of the site stands in every language",
    "E003": "the theme of the site can be used",
    "E401": "the pages of the card can be made",
    "E402": "a link between cards leads somewhere",
}
"""What is wanted of more than a card, and so is no rule of cards; by code."""

_FIRST_OF_WHAT_A_CARD_SAYS = "E500"


def all_rules() -> tuple[Rule, ...]:
    """Every rule of this module, by code: a new one is registered by being defined here."""
    rules = (value for value in globals().values() if isinstance(value, Rule))
    return tuple(sorted(rules, key=lambda rule: rule.code))


def is_essential(rule: Rule) -> bool:
    """Whether a card with this problem is none, so that nothing can be made of it."""
    return rule.severity is Severity.ERROR and rule.code < _FIRST_OF_WHAT_A_CARD_SAYS


def summaries() -> dict[str, str]:
    """What is wanted of cards, and of the hub, by the code of the problem when it is not so."""
    return {**_OF_THE_SITE, **{rule.code: rule.summary for rule in all_rules()}}
