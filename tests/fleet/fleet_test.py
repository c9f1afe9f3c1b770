"""Sweeps on a cluster of ray, whose nodes are processes of this machine, started as ray's own tests start them. The
program on them is a script that a test can tell to misbehave."""

import os
import pathlib
import subprocess
from unittest import mock

import pytest

ray_cluster = pytest.importorskip("ray.cluster_utils")

PROGRAM = os.environ["ALIDADE_BIN"]
SWEEP = ["resnet18", "llama_tiny", "--bind", "seq=16", "--axis", "batch=1,2,4", "--axis", "on=l4,t4",
         "--axis", "precision=f16,bf16"]  # T4 has no bf16: those points fail, with their reason
ALL = "24 of 24 points in s.db\n"


def alidade(*words: str, cwd: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *words], cwd=cwd, capture_output=True, text=True, timeout=240)


def points(store: pathlib.Path) -> list[str]:
    """Every column of every point, in order."""
    done = alidade("query", str(store), "--csv", cwd=store.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


class Nodes:
    """A head without cores of its own, and four machines of one core, of which a test kills one."""

    def __init__(self, folder: pathlib.Path):
        self.orders = folder / "orders"
        script = folder / "alidade"
        script.write_text(f'#!/bin/sh\n[ ! -e {self.orders} ] || . {self.orders}\nexec {PROGRAM} "$@"\n')
        script.chmod(0o755)
        with mock.patch.dict(os.environ, ALIDADE_BIN=str(script)):  # what their tasks find
            self.cluster = ray_cluster.Cluster(initialize_head=True,
                                               head_node_args={"num_cpus": 0, "include_dashboard": False})
            for _ in range(4):
                self.cluster.add_node(num_cpus=1)
        self.cluster.wait_for_nodes()

    def sweep(self, folder: pathlib.Path, *more: str) -> subprocess.CompletedProcess[str]:
        return alidade("sweep", *SWEEP, "--engine", "ray", "--address", self.cluster.address, "-o", "s.db", *more,
                       cwd=folder)


@pytest.fixture(scope="module")
def all_nodes(tmp_path_factory):
    made = Nodes(tmp_path_factory.mktemp("nodes"))
    yield made
    made.cluster.shutdown()


@pytest.fixture
def nodes(all_nodes):
    yield all_nodes
    all_nodes.orders.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("here")
    done = alidade("sweep", *SWEEP, "-o", "s.db", cwd=folder)
    assert done.returncode == 5, done.stderr
    return points(folder / "s.db")


def test_the_result_is_that_of_one_machine(nodes, here, tmp_path):
    done = nodes.sweep(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, ALL, "")
    assert points(tmp_path / "s.db") == here
    assert [path.name for path in tmp_path.iterdir()] == ["s.db"]


def test_what_was_done_when_the_cost_was_spent_is_gone_on_with(nodes, here, tmp_path):
    done = nodes.sweep(tmp_path, "--max-cost", "1e-9")
    assert done.returncode == 5
    assert done.stderr == ("error: 4 of 6 parts were done when 1e-09 core hours were spent\n  --> --max-cost\n"
                           "  fix: the same command with a greater one goes on with the others\n")
    nodes.orders.write_text('case "$*" in *--units*) echo "$*" >> %s;; esac\n' % (tmp_path / "again"))
    assert nodes.sweep(tmp_path).stdout == ALL
    assert len((tmp_path / "again").read_text().splitlines()) == 2 and points(tmp_path / "s.db") == here


def test_parts_of_another_sweep_are_not_gone_on_with(nodes, tmp_path):
    assert nodes.sweep(tmp_path, "--max-cost", "1e-9").returncode == 5
    done = alidade("sweep", "resnet18", "--on", "l4", "--engine", "ray", "--address", nodes.cluster.address,
                   "-o", "s.db", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "error: 's.db.parts' holds parts of another sweep\n  --> s.db.parts\n"
                                                 "  fix: remove it, or name another file with -o\n")


def test_a_machine_that_is_lost_costs_nothing(nodes, here, tmp_path):
    mark = tmp_path / "killed"
    nodes.orders.write_text(  # the first task kills its machine: the process above the one that runs it
        f'case "$*" in *--units*) sleep 0.3; mkdir {mark} 2>/dev/null && '
        'kill -9 "$(ps -o ppid= -p "$PPID" | tr -d " ")" && sleep 5;; esac\n')
    done = nodes.sweep(tmp_path)
    assert (done.returncode, done.stdout) == (0, ALL), done.stderr
    assert mark.exists() and points(tmp_path / "s.db") == here


def test_what_three_machines_were_lost_over_is_left_out_and_said(nodes, here, tmp_path):
    nodes.orders.write_text('case "$*" in *"--units 4 "*) kill -9 "$PPID"; sleep 5;; esac\n')
    done = nodes.sweep(tmp_path, "--task-seconds", "1e-6")  # each size is a task
    assert (done.returncode, done.stdout) == (5, "20 of 24 points in s.db\n")
    assert done.stderr == "error: 'llama_tiny', size 2 of 3, was left out: 3 machines were lost over it\n"
    found = points(tmp_path / "s.db")
    assert found == here[:17] + here[21:]


def test_a_machine_with_another_version_is_told(nodes, tmp_path):
    nodes.orders.write_text('[ "$1" != version ] || { echo \'{"version": "0.0.9"}\'; exit 0; }\n')
    done = nodes.sweep(tmp_path)
    assert (done.returncode, done.stderr) == (
        2, "error: a machine of the cluster has 'alidade 0.0.9', and this one 'alidade 0.1.0'\n  --> --address\n"
           "  fix: install the same version of the package on all of them\n")


def test_a_cluster_that_is_not_there_is_told(tmp_path):
    done = alidade("sweep", *SWEEP, "--engine", "ray", "--address", "127.0.0.1:9", "-o", "s.db", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == ("error: no cluster of ray answers at '127.0.0.1:9': [Errno 111] Connection refused\n"
                           "  --> --address\n  fix: start one with 'ray start --head', or name another address\n")


@pytest.mark.parametrize(("words", "said"), [
    (["resnet18", "--on", "l4", "--shard", "1/2", "-o", "s.db"],
     "error: '--shard' is for a sweep on one machine\n  --> --shard\n  fix: leave it out: the cluster has all parts\n"),
    (["resnet18", "--on", "l4", "-o", "s.html"],
     "error: the result of a cluster is a store, and 's.html' is none by its name\n  --> --output\n"
     "  fix: name it x.db; 'alidade render' and 'alidade query --csv' make the others of it\n"),
    (["resnet18", "--on", "l4", "-o", "s.db", "--max-cost", "0"],
     "error: --max-cost: a number above 0 was expected, found 0\n  --> --max-cost\n"),
])
def test_what_a_cluster_cannot_do_is_told(words, said, tmp_path):
    done = alidade("sweep", *words, "--engine", "ray", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, said)


def test_mistakes_are_told_as_one_machine_tells_them(tmp_path):
    wrong = ["resnet81", "--on", "l4", "-o", "s.db"]
    alone = alidade("sweep", *wrong, cwd=tmp_path)
    done = alidade("sweep", *wrong, "--engine", "ray", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (alone.returncode, alone.stderr) and alone.returncode == 2
