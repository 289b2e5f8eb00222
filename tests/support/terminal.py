# SPDX-License-Identifier: MIT
"""A terminal for tests: a program runs in it, as from a shell with job control, and what it draws can
be read as lines. It knows what ncurses writes for TERM=vt100 and xterm, and nothing else."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import tty


class Screen:
    """The characters on the screen, from what is written to it."""

    def __init__(self, lines, columns):
        self.resize(lines, columns)
        self.rest = ""

    def resize(self, lines, columns):
        self.lines, self.columns = lines, columns
        self.cells = [[" "] * columns for _ in range(lines)]
        self.line = self.column = 0
        self.top, self.bottom = 0, lines - 1

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.cells)

    def write(self, text):
        text = self.rest + text
        self.rest = ""
        while text:
            if text[0] != "\033":
                self.put(text[0])
                text = text[1:]
                continue
            known = re.match(r"\033(\[([?>]?)([\d;]*)([@-~])|\][^\a]*\a|[()][0-9A-B]|[=>78DEMHc])", text)
            if not known:
                # The rest of it comes with the next bytes.
                self.rest = text
                return
            if known.group(4) and not known.group(2):
                numbers = [int(n or 0) for n in known.group(3).split(";")]
                self.control(known.group(4), numbers)
            elif known.group(1) == "M":
                self.reverse_index()
            text = text[known.end() :]

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.index()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif character >= " ":
            if self.column >= self.columns:
                self.column = 0
                self.index()
            self.cells[self.line][self.column] = character
            self.column += 1

    def index(self):
        if self.line == self.bottom:
            self.scroll(1)
        else:
            self.line = min(self.lines - 1, self.line + 1)

    def reverse_index(self):
        if self.line == self.top:
            self.scroll(-1)
        else:
            self.line = max(0, self.line - 1)

    def scroll(self, by):
        part = self.cells[self.top : self.bottom + 1]
        blank = [[" "] * self.columns for _ in range(min(abs(by), len(part)))]
        part = part[by:] + blank if by > 0 else blank + part[:by]
        self.cells[self.top : self.bottom + 1] = part

    def control(self, what, numbers):
        first = numbers[0]
        by = first or 1
        if what == "H":
            column = numbers[1] if len(numbers) > 1 else 1
            self.line = min(self.lines, by) - 1
            self.column = min(self.columns, column or 1) - 1
        elif what == "d":
            self.line = min(self.lines, by) - 1
        elif what == "G":
            self.column = min(self.columns, by) - 1
        elif what == "A":
            self.line = max(0, self.line - by)
        elif what == "B":
            self.line = min(self.lines - 1, self.line + by)
        elif what == "C":
            self.column = min(self.columns - 1, self.column + by)
        elif what == "D":
            self.column = max(0, self.column - by)
        elif what == "r":
            bottom = numbers[1] if len(numbers) > 1 else self.lines
            self.top, self.bottom = by - 1, (bottom or self.lines) - 1
            self.line = self.column = 0
        else:
            self.erase(what, first, by)

    def erase(self, what, first, by):
        line, columns = self.cells[self.line], self.columns
        if what in "JK":
            begin, end = (self.column, columns) if first == 0 else (0, self.column + 1)
            begin, end = (0, columns) if first == 2 else (begin, end)
            line[begin:end] = [" "] * (min(end, columns) - begin)
            if what == "J":
                others = range(self.line + 1, self.lines) if first == 0 else range(self.line)
                for other in range(self.lines) if first == 2 else others:
                    self.cells[other] = [" "] * columns
        elif what == "X":
            end = min(columns, self.column + by)
            line[self.column : end] = [" "] * (end - self.column)
        elif what == "P":
            self.cells[self.line] = (line[: self.column] + line[self.column + by :] + [" "] * by)[
                :columns
            ]
        elif what == "@":
            self.cells[self.line] = (line[: self.column] + [" "] * by + line[self.column :])[
                :columns
            ]
        elif what in "LM":
            top, self.top = self.top, self.line
            self.scroll(-by if what == "L" else by)
            self.top = top


class Terminal:
    """A program in a terminal of its own. Between the two stands a parent that is like a shell: it
    says when the program stops, and how it ends."""

    def __init__(self, command, lines=30, columns=100, term="vt100", environment=None):
        self.screen = Screen(lines, columns)
        self.bytes = b""
        self.master, slave = pty.openpty()
        self.slave = slave
        self.set_size(lines, columns)
        self.before = termios.tcgetattr(slave)
        self.said, says = os.pipe()
        variables = {**os.environ, "TERM": term, "LC_ALL": "C.UTF-8", **(environment or {})}
        self.shell = os.fork()
        if self.shell == 0:
            try:
                self.run_shell(slave, says, command, variables)
            finally:
                os._exit(99)
        os.close(says)
        os.set_blocking(self.said, False)
        self.news = ""

    def run_shell(self, slave, says, command, variables):
        os.close(self.master)
        os.close(self.said)
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        program = os.fork()
        if program == 0:
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            for fd in range(3):
                os.dup2(slave, fd)
            os.setpgid(0, 0)
            os.closerange(3, 64)
            time.sleep(0.1)
            os.execvpe(command[0], command, variables)
        os.setpgid(program, program)
        os.tcsetpgrp(slave, program)
        os.write(says, b"pid %d\n" % program)
        while True:
            _, status = os.waitpid(program, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                os.write(says, b"stopped\n")
            elif os.WIFSIGNALED(status):
                os.write(says, b"signal %d\n" % os.WTERMSIG(status))
                os._exit(0)
            else:
                os.write(says, b"status %d\n" % os.WEXITSTATUS(status))
                os._exit(0)

    def set_size(self, lines, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, lines, columns):
        self.screen.resize(lines, columns)
        self.set_size(lines, columns)

    def take(self, seconds=0.05):
        """Takes what the program wrote, and what its parent says of it."""
        if select.select([self.master], [], [], seconds)[0]:
            more = os.read(self.master, 65536)
            self.bytes += more
            self.screen.write(more.decode("utf-8", "replace"))
        try:
            self.news += os.read(self.said, 4096).decode()
        except BlockingIOError:
            pass

    def wait_for(self, pattern, seconds=20):
        """Waits until the screen shows a pattern. Returns whether it did."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.screen.text(), re.M):
            if time.monotonic() > end:
                return False
            self.take()
        return True

    def wait_for_news(self, pattern, seconds=20):
        """Waits until it has stopped or ended. Returns the match, or None."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.news):
            if time.monotonic() > end:
                return None
            self.take()
        for _ in range(5):
            self.take(0.02)
        return re.search(pattern, self.news)

    def pid(self):
        return int(self.wait_for_news(r"pid (\d+)").group(1))

    def send(self, keys):
        os.write(self.master, keys.encode())

    def is_restored(self):
        """Whether the terminal's settings are as they were before."""
        return termios.tcgetattr(self.slave) == self.before

    def make_raw(self):
        """What a program that was killed might leave behind."""
        tty.setraw(self.slave)

    def close(self):
        if not re.search("status|signal", self.news):
            os.kill(self.pid(), signal.SIGKILL)
        os.waitpid(self.shell, 0)
        for fd in (self.master, self.slave, self.said):
            os.close(fd)
