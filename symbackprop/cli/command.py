"""What all commands share: how they announce themselves, and how their help looks.

    @command("derive", place=1, examples=(("symbackprop derive 2-3-1", "…"),))
    @click.option("--lang", cls=under("Document"), help="…")
    def derive(*, lang: str) -> int: ...

A command is one file in the folder `commands`; it returns its exit status. An option is listed under a heading.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeAlias

import click

from symbackprop.cli.speech import worded
from symbackprop.registry import Registry

Examples: TypeAlias = tuple[tuple[str, str], ...]  # what is typed, and what it does

COMMANDS: Registry[Command] = Registry("command", "symbackprop.cli.commands")

LONGEST_SHOWN = 200
LONGEST_SUMMARY = 60  # letters
_ANNOUNCEMENT = re.compile(r'@command\(\s*"(?P<name>\w+)",\s*place=(?P<place>\d+).*?"""(?P<summary>[^"]+?\.)\s', re.S)
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
# what is meant for `derive` if it stands where a command should
_NETWORK = re.compile(r"\d+(-\d+)+|.+\.(toml|json|eq)|\s*\d+(x\d+)*\s*(->|→)[ -~→]*")


class Option(click.Option):
    """An option with the heading under which the help lists it."""

    section = "Options"
    needs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """How the option is typed, in its long form."""
        return max(self.opts, key=len)

    def get_help_extra(self, ctx: click.Context) -> click.types.OptionHelpExtra:
        """Return what the help says in brackets: the default, and not what a message says if it is ever needed."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


@cache
def under(section: str, *, needs: tuple[str, ...] = (), beside: tuple[str, ...] = ()) -> type[Option]:
    """Return the class of the options under one heading: click.option("--lang", cls=under("Document")).

    An option changes nothing unless one of those that it `needs` is typed, and `beside` any of those: by the names of
    their parameters. It is refused there."""
    return type("Option", (Option,), {"section": section, "needs": needs, "beside": beside})


class Helped(click.Command):
    """What has help: its options under headings, all of it in the language of the terminal."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is typed."""
        pieces = " ".join(map(worded, self.collect_usage_pieces(ctx)))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{worded('Usage')}: ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, paragraph by paragraph."""
        for paragraph in inspect.cleandoc(self.help or "").split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(worded(" ".join(paragraph.split())))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those of one heading together."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                section = getattr(parameter, "section", Option.section)
                sections.setdefault(section, []).append((_placeholder(record[0]), _explained(record[1])))
        general = sections.pop(Option.section, [])
        for heading, records in (*sections.items(), (Option.section, general)):
            with formatter.section(worded(heading)):
                formatter.write_dl(records)


def _placeholder(typed: str) -> str:
    """Return how an option is typed, what stands for its value in the language of the terminal."""
    before, blank, value = typed.rpartition(" ")
    return f"{before}{blank}{worded(value)}"


def _explained(text: str) -> str:
    """Return what an option does, and in brackets what holds where it is not typed."""
    sentence, bracket, default = text.partition("  [")
    return f"{worded(sentence)}{bracket}{worded(default.removesuffix(']'))}{']' if bracket else ''}"


class Command(Helped):
    """A command whose help has its options under headings and examples at its end; `place` orders the commands."""

    place = 100
    examples: Examples = ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; a complaint about them knows which command it is about."""
        try:
            typed = self.make_parser(ctx).parse_args(args=list(args))[2]
            rest = super().parse_args(ctx, args)
            self._check_that_each_acts([option for option in typed if isinstance(option, Option)])
            return rest
        except click.UsageError as error:
            error.ctx = ctx
            raise

    def _check_that_each_acts(self, typed: Sequence[Option]) -> None:
        """Raise UsageError for an option that changes nothing of what is asked for, and for one that is said twice."""
        flags = {option.name: option.flag for option in self.params if isinstance(option, Option)}
        names = {option.name for option in typed}
        for option in typed:
            if typed.count(option) > 1 and not (option.multiple or option.is_flag):
                raise click.UsageError(f"{option.flag} is said twice; keep one of them")
            if option.needs and names.isdisjoint(option.needs):
                needed = " or ".join(flags[name] for name in option.needs)
                raise click.UsageError(f"{option.flag} wants {needed}; try it with {needed}, or leave it out")
            if idle := [flags[name] for name in option.beside if name in names]:
                raise click.UsageError(f"{option.flag} changes nothing beside {idle[0]}; leave one of them out")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each with what it does below it."""
        if self.examples:
            with formatter.section(worded("Examples")):
                for typed, meaning in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{typed}\n")
                    formatter.indent()
                    formatter.write_text(worded(meaning))
                    formatter.dedent()


def command(name: str, *, place: int, examples: Examples) -> Callable[[Callable[..., int]], Command]:
    """Return a decorator that makes a command of a function and files it; `place` is where the help lists it."""

    def made(function: Callable[..., int]) -> Command:
        part = click.command(name, cls=Command, context_settings=_SETTINGS)(function)
        part.place, part.examples = place, examples
        COMMANDS.add(name, part)
        return part

    return made


def _announcements() -> list[tuple[int, str, str]]:
    """Return place, name and summary of each command as the files say; nothing where a command is not in these."""
    from symbackprop.cli.commands import __path__ as folders

    if COMMANDS.has_guests:
        return []
    said = []
    for folder in folders:
        for file in os.listdir(folder):
            if file.endswith(".py") and file != "__init__.py":
                with open(os.path.join(folder, file), encoding="utf-8") as source:
                    announced = _ANNOUNCEMENT.search(source.read())
                if announced is None:
                    return []
                said.append((int(announced["place"]), announced["name"], announced["summary"]))
    return said


class Commands(Helped, click.Group):
    """`symbackprop` itself: the group of all commands that are filed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return sorted(COMMANDS, key=lambda name: (COMMANDS[name].place, name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does, as its file says: to load them all takes longer than to read all help."""
        with formatter.section(worded("Commands")):
            found = sorted(_announcements() or self._loaded(ctx))
            formatter.write_dl([(name, worded(summary)) for _, name, summary in found])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def _loaded(self, ctx: click.Context) -> list[tuple[int, str, str]]:
        """Return place, name and summary of each command."""
        commands = ((name, COMMANDS[name]) for name in self.list_commands(ctx))
        return [(each.place, name, each.get_short_help_str(LONGEST_SUMMARY)) for name, each in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; raises UnknownNameError with what comes close."""
        return COMMANDS[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with; a network in its place is shown where it belongs."""
        if _NETWORK.fullmatch(args[0]):
            shown = args[0][:LONGEST_SHOWN]
            import shlex

            meant = shown if shown.isascii() and not re.search(r"[\s'>]", shown) else shlex.quote(shown)
            raise click.UsageError(f"{shown!a} is no command; did you mean: symbackprop derive {meant}")
        return super().resolve_command(ctx, args)


def _known_language(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Return the code of a language; raises UnknownNameError for what is none."""
    if value is None:
        return None
    from symbackprop.exposition.languages import LANGUAGES

    return LANGUAGES.canonical(value)


_language = partial(click.option, "--lang", metavar="CODE", callback=_known_language)
language_option = _language(
    cls=under("On the screen"), expose_value=False, help="The language of what is said.  [default: en]"
)


@click.group(cls=Commands, invoke_without_command=True, context_settings=_SETTINGS)
@click.option("--version", is_flag=True, help="Print the version and exit.")
@_language(help="The language of this help, and of a command after it.  [default: en]")
@click.pass_context
def symbackprop(context: click.Context, *, lang: str | None, version: bool) -> None:
    """Derive the backpropagation of a neural network by the chain rule.

    You say what a network computes. symbackprop derives its gradient in checked steps, typesets the derivation for
    paper and slides, and turns the very same equations into numeric code that it proves right.

    Every command runs without any argument: it then takes the built-in network 2-3-1."""
    if version:
        from symbackprop import __version__

        click.echo(f"symbackprop {__version__}")
        context.exit()
    if lang is not None and context.invoked_subcommand is not None:
        context.default_map = {context.invoked_subcommand: {"lang": lang}}
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
