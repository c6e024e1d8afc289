"""A database becomes a store, or is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from geo.errors import NotReadyError, UnsupportedSchema, UsageError
from geo.store import sqlite
from geo.store.generation import has_traces
from geo.store.tables import APPEND_ONLY, SCHEMA_VERSION, meta, metadata
from geo.store.upgrading import UPGRADED_FROM, VERSION, read_version, upgrade

__all__ = ["open_engine"]


def open_engine(url: str, *, create: bool) -> sa.Engine:
    """Give an engine on a store of this version; make the store when allowed and absent.

    A store of the version before is upgraded. Traces that an erasure left, because its process
    ended before the file was cleaned, are cleaned now.
    """
    parsed = _parsed(url)
    path = Path(str(parsed.database))
    if not path.exists():
        if not create:
            raise NotReadyError(
                f"There is no store at {path}. Import data or build the demo first.",
                f"{path} 处没有数据库。请先导入数据或生成演示县。",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = sqlite.connect(parsed)
    try:
        _make_or_check(engine, path, create=create)
    except sa.exc.OperationalError:
        engine.dispose()
        raise
    except sa.exc.DatabaseError as error:
        engine.dispose()
        raise _no_store(path) from error
    except UnsupportedSchema:
        engine.dispose()
        raise
    return engine


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise _unknown(url) from error
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        raise _unknown(url)
    return parsed


def _make_or_check(engine: sa.Engine, path: Path, *, create: bool) -> None:
    with engine.begin() as connection:
        empty = not sa.inspect(connection).get_table_names()
    if empty and create:
        with engine.connect().execution_options(**{sqlite.WRITES: True}) as connection:
            _make(connection)
            connection.commit()
    with engine.begin() as connection:
        _refuse_stranger(connection, path)
        old = read_version(connection) == UPGRADED_FROM
    if old:
        with engine.connect().execution_options(**{sqlite.WRITES: True}) as connection:
            upgrade(connection)
            connection.commit()
    with engine.begin() as connection:
        _check(connection, path)
        traces = has_traces(connection)
    if traces:
        sqlite.clean(engine)


def _make(connection: sa.Connection) -> None:
    if sa.inspect(connection).get_table_names():
        return  # another process was quicker
    metadata.create_all(connection)
    sqlite.add_guards(connection, APPEND_ONLY)
    connection.execute(sa.insert(meta).values(name=VERSION, value=str(SCHEMA_VERSION)))


def _refuse_stranger(connection: sa.Connection, path: Path) -> None:
    if not sa.inspect(connection).has_table(meta.name):
        raise _no_store(path)


def _check(connection: sa.Connection, path: Path) -> None:
    version = read_version(connection)
    if version != str(SCHEMA_VERSION):
        raise UnsupportedSchema(
            f"{path} was made by another version of Sanling (schema {version}, needed "
            f"{SCHEMA_VERSION}). Open it with that version, or import into a new store.",
            f"{path} 由其他版本生成（结构版本 {version}，需要 {SCHEMA_VERSION}）。"
            "请用对应版本打开，或导入到新数据库。",
        )


def _no_store(path: Path) -> UnsupportedSchema:
    return UnsupportedSchema(
        f"{path} is not a Sanling store. Name another file.",
        f"{path} 不是三零数据库。请指定其他文件。",
    )


def _unknown(url: str) -> UsageError:
    return UsageError(
        f"Cannot keep a store at {url!r}; name a file, as in sqlite:///county.db.",
        f"无法使用 {url!r} 作为数据库地址；请指定文件，例如 sqlite:///county.db。",
    )
