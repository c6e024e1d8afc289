"""The page to sign in on: plain HTML, so that it works before anything else is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from markupsafe import Markup

from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.access import Role

__all__ = ["login_page"]

PAGE: Final = Markup(
    """<!DOCTYPE html>
<html lang="{lang}" data-mantine-color-scheme="{theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/login.css"></head>
<body class="login"><main class="login-card">
<div class="brand"><span class="logo" aria-hidden="true"></span>
<span class="name"><b>{name}</b><small>{latin}</small></span></div>
<h1>{heading}</h1>{error}{form}{roles}
<p class="login-switch">
<a class="switch" href="/set/language/{other}?next=/login">{other_name}</a></p>
</main></body></html>"""
)
FORM: Final = Markup(
    """<form method="post" action="/login?next={next}">{token}
<label>{name}<input name="name" autocomplete="username" required autofocus></label>
<label>{password}<input name="password" type="password" autocomplete="{fill}" required></label>
<button class="button accent">{button}</button></form>"""
)
TOKEN: Final = Markup("""<label>{label}<input name="token" autocomplete="off" required></label>""")
ROLES: Final = Markup(
    """<section class="login-roles"><h2>{heading}</h2><div>{buttons}</div></section>"""
)
ROLE: Final = Markup(
    """<form method="post" action="/login/as/{role}?next={next}">
<button class="button">{label}</button></form>"""
)
ERROR: Final = Markup("""<p class="login-error" role="alert">{error}</p>""")


def login_page(
    lang: str, theme: str, *, error: str, next_path: str, roles: Sequence[Role], first: bool
) -> str:
    """Write the page; `first` asks for the console's token too, `roles` are one-click sign-ins."""
    other = "en" if lang == "zh" else "zh"
    return str(
        PAGE.format(
            lang="zh-CN" if lang == "zh" else "en",
            theme=theme,
            title=t("login.title", lang),
            name=t("app.name", lang),
            latin=t("app.name_latin", lang),
            heading=t("login.first" if first else "login.heading", lang),
            error=ERROR.format(error=error) if error else "",
            form=_form(lang, next_path, first=first),
            roles=_roles(lang, next_path, roles),
            other=other,
            other_name={"zh": "中文", "en": "English"}[other],
        )
    )


def _form(lang: str, next_path: str, *, first: bool) -> Markup:
    return FORM.format(
        next=quote(next_path),
        token=TOKEN.format(label=t("login.token", lang)) if first else "",
        name=t("login.name", lang),
        password=t("login.password", lang),
        fill="new-password" if first else "current-password",
        button=t("login.make" if first else "login.enter", lang),
    )


def _roles(lang: str, next_path: str, roles: Sequence[Role]) -> Markup:
    if not roles:
        return Markup("")
    buttons = Markup("").join(
        ROLE.format(role=role.value, next=quote(next_path), label=t(f"role.{role}", lang))
        for role in roles
    )
    return ROLES.format(heading=t("login.demo", lang), buttons=buttons)
