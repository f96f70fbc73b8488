"""Every text on screen has its Chinese, and the catalogue holds nothing else."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "assets" / "translations" / "zh_CN.po"
SOURCES = sorted(str(path) for folder in ("app", "gui") for path in (ROOT / "src" / folder).glob("*.[ch]pp"))
# translation.hpp is where tr, trf and trc are made, not used.
SOURCES = [path for path in SOURCES if not path.endswith(("/translation.hpp", "/translation.cpp"))]

ENTRY = re.compile(r'(?:msgctxt "((?:[^"\\]|\\.)*)"\n)?msgid ((?:"(?:[^"\\]|\\.)*"\n)+)msgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)')


def entries(po: str) -> dict[tuple[str, str], str]:
    def joined(quoted: str) -> str:
        return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted))

    found = {}
    for context, msgid, msgstr in ENTRY.findall(po):
        if joined(msgid):
            found[context, joined(msgid)] = joined(msgstr)
    return found


def texts_in_the_sources() -> set[tuple[str, str]]:
    pot = subprocess.run(
        ["xgettext", "--language=C++", "--from-code=UTF-8", "--keyword=tr", "--keyword=trf", "--keyword=trc:1c,2",
         "--no-location", "--output=-", *SOURCES],
        capture_output=True, text=True, check=True).stdout
    return set(entries(pot))


def everything() -> dict[tuple[str, str], str]:
    return entries(CATALOGUE.read_text(encoding="utf-8"))


def catalogue() -> dict[tuple[str, str], str]:
    """The words of the window itself; messages of the engine are looked up by their patterns."""
    return {key: text for key, text in everything().items() if key[0] != "message"}


def test_every_text_has_its_chinese():
    texts = texts_in_the_sources()
    assert len(texts) > 100, "the scan found next to nothing"
    translated = catalogue()
    assert sorted(text for text in texts if not translated.get(text)) == []


def test_nothing_is_translated_that_is_not_there():
    assert sorted(set(catalogue()) - texts_in_the_sources()) == []


def test_patterns_of_messages_fit_what_the_engine_says():
    """A sentence that was changed in the sources must be changed in the catalogue as well."""
    said = ""
    for room in ("base", "codec", "capture", "query", "archive", "net", "engine", "app"):
        for path in sorted((ROOT / "src" / room).glob("*.cpp")):
            pieces = re.findall(r'"((?:[^"\\\n]|\\.)*)"', path.read_text(encoding="utf-8"))
            said += "".join(pieces)
    # Places are written {}, {:04X} and the like, and end in a literal of their own.
    said = re.sub(r"\{[^{}]*\}", "{}", said)
    stale = []
    for (context, pattern), _ in everything().items():
        parts = [part for part in pattern.split("{}") if len(part) > 12]
        if context == "message" and not pattern[0].isupper() and not all(part in said for part in parts):
            stale.append(pattern)
    assert stale == []


def test_placeholders_are_the_same():
    def places(text: str) -> int:
        return len(re.findall(r"\{[^}]*\}", text))

    assert [key for key, text in everything().items() if places(key[1]) != places(text)] == []


def test_every_lookup_names_its_text():
    """A text that is put together before the look-up would be missed by the scan."""
    wrong = []
    for path in SOURCES:
        for call in re.findall(r"\b(?:tr|trf|trc)\(\s*([^\s])", Path(path).read_text(encoding="utf-8")):
            if call != '"':
                wrong.append((path, call))
    assert wrong == []


def test_the_words_that_users_know():
    words = {
        "(1) Protocol": "（1）协议类型", "(2) Local host": "（2）本地主机地址", "(3) Local port": "（3）本地主机端口",
        "(2) Remote host": "（2）远程主机地址", "(3) Remote port": "（3）远程主机端口", "Network": "网络设置",
        "Receive": "接收设置", "Log display mode": "按日志模式显示", "Auto linefeed": "接收区自动换行",
        "Hide received data": "接收数据不显示", "Save to file...": "接收保存到文件...", "AutoScroll": "自动滚屏",
        "Use escape chars": "转义符指令解析", "Cycle": "循环周期", "Data log": "数据日志", "Data to send": "数据发送",
        "Remote host": "远程主机", "Clients": "客户端", "Local host": "本地主机", "Disconnect": "断开",
        "Ready!": "就绪!", "Reset counters": "复位计数", "Lost:{}": "丢弃:{}", "Open": "打开", "Close": "关闭",
        "Append": "追加", "Overwrite": "覆盖", "Cancel": "取消", "Stop": "停止",
    }
    translated = {msgid: text for (context, msgid), text in catalogue().items() if not context}
    assert {key: translated.get(key) for key in words} == words


def test_the_catalogue_is_a_catalogue():
    subprocess.run(["msgfmt", "--check-format", "--output-file=/dev/null", str(CATALOGUE)], check=True)
