import os
import pathlib
import re
import subprocess
import tempfile
import tomllib
import unittest
from unittest import mock

from alidade.capture.calibrate import cpu, probes, processor
from alidade.capture.cli import main
from alidade.capture.faults import CaptureError

INTEL = """processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz
cpu MHz\t\t: 2793.437
flags\t\t: fpu sse2 fma avx2 avx512f avx512bw

processor\t: 1
"""
BOX = processor.Processor("Box", 1, 2.5, 32, "AVX2", 20.0, 16.0, False)


def alidade(*words) -> subprocess.CompletedProcess:
    return subprocess.run([os.environ["ALIDADE_BIN"], *words], capture_output=True, text=True)


def small() -> cpu.Machine:
    """Probes that take microseconds, and say nothing of this machine but that it computes."""
    machine = cpu.prepared(BOX, (16, 32), 1 << 16)
    probes.measure(machine.probes(), 2)
    return machine


class Facts(unittest.TestCase):
    def test_the_base_clock_is_that_of_the_name_and_vectors_are_those_of_the_flags(self):
        facts = processor.fields(INTEL)
        self.assertEqual(facts["model name"], "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz")
        self.assertEqual(processor.clock(facts), 2.1)
        self.assertEqual(processor.width({"avx512f"}, facts), (64, "AVX-512"))  # Intel ARK: two units of 512 bits
        zen = {"vendor_id": "AuthenticAMD", "cpu family": "25"}
        self.assertEqual(processor.width({"avx512f"}, zen), (32, "AVX-512"))  # each instruction takes two cycles
        self.assertEqual(processor.width({"avx512f"}, zen | {"cpu family": "26"}), (64, "AVX-512"))
        self.assertEqual(processor.width({"avx2", "fma"}, {}), (32, "AVX2"))
        self.assertEqual(processor.clock({"cpu MHz": "2596.130"}), 2.59613)

    def test_what_no_library_is_scored_on_is_refused(self):
        with self.assertRaises(CaptureError) as caught:
            processor.width({"sse2"}, {})
        self.assertEqual(str(caught.exception), "/proc/cpuinfo: the processor has neither AVX2 nor NEON, and the CPU "
                         "libraries of PyTorch are scored on no other; write its device file by hand: "
                         "docs/hardware_models.md")

    def test_a_cache_that_cores_share_counts_once(self):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            for core, shared in ((0, "0-1"), (1, "0-1"), (2, "2-3")):
                for level, size, cores in ((2, "1024K", str(core)), (3, "32768K", shared)):
                    index = root / f"cpu{core}/cache/index{level}"
                    index.mkdir(parents=True)
                    for file, text in (("level", str(level)), ("size", size), ("shared_cpu_list", cores)):
                        (index / file).write_text(text + "\n")
            self.assertAlmostEqual(processor.cache_mb(root), 2 * 32 * 1.048576)

    def test_without_sys_the_c_library_is_asked_and_nothing_is_made_up(self):
        nowhere = pathlib.Path("/nowhere/cpu")
        with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ, {"PATH": name}):
            asked = pathlib.Path(name) / "getconf"
            with self.assertRaises(CaptureError) as caught:
                processor.cache_mb(nowhere)
            self.assertEqual(str(caught.exception), "/nowhere/cpu: the system does not say what caches it has; write "
                             "the device file by hand: docs/hardware_models.md")
            for said, megabytes in (("33554432", 33.554432), ("0", None), ("undefined", None)):
                asked.write_text(f'#!/bin/sh\n[ "$1" = LEVEL3_CACHE_SIZE ] && echo {said}\n')
                asked.chmod(0o755)
                if megabytes:
                    self.assertAlmostEqual(processor.cache_mb(nowhere), megabytes)
                else:
                    self.assertRaises(CaptureError, processor.cache_mb, nowhere)

    def test_this_machine_says_all_of_it(self):
        here = processor.read_processor(os.cpu_count())
        self.assertTrue(here.name and 0.5 < here.ghz < 10 and here.cache_mb > 0.1 and here.memory_gib > 0.1, here)


class Calibrate(unittest.TestCase):
    def test_the_file_is_one_that_the_program_takes_and_estimates_with(self):
        machine = small()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "box.toml"
            path.write_text(cpu.device_file(BOX, machine))
            written = tomllib.loads(path.read_text())
            check = alidade("hardware", "check", path)
            self.assertEqual((check.returncode, check.stdout), (0, f"{path}: ok\n"), check.stderr)
            done = alidade("estimate", "resnet18", "--on", path, "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn('"tier": "calibrated"', done.stdout)
        self.assertEqual(written["peak_tflops"], {"f32": 0.08, "f64": 0.04})  # 2.5 x 32 GFLOP/s
        self.assertAlmostEqual(written["compute_share"] * 0.08e12, machine.flops(), delta=0.01 * machine.flops())
        self.assertEqual(written["flops_a_cycle"], 32)
        self.assertEqual((written["memory_share"], written["tier"], written["cache_mb"]), (1.0, "calibrated", 20.0))
        self.assertEqual(written["sources"]["peak_tflops"], "1 core x 32 FLOP a cycle (AVX2) at 2.5 GHz")

    def test_rates_are_work_by_the_middle_of_the_rounds_or_by_the_least_disturbed(self):
        quiet = probes.Probe("a product", "FLOP", 6e9, lambda: None, 1, [2.9, 3.0, 3.1], 2.5)
        self.assertEqual(quiet.rate(), 2e9)
        disturbed = probes.Probe("a product", "FLOP", 6e9, lambda: None, 1, [2.0, 3.0, 4.0], 1.5)
        self.assertEqual((disturbed.rate(), disturbed.spread()), (4e9, 2 / 3))

    def test_what_no_device_file_may_say_is_not_written(self):
        machine = small()
        machine.start.rounds, machine.start.least = [0.052] * 5, 0.011
        with self.assertRaises(CaptureError) as caught:
            cpu.refuse_if_unusable(machine)
        self.assertEqual(str(caught.exception), "calibrate cpu: starting a kernel takes 52 ms, and no machine that "
                         "does nothing else takes more than 10; stop what else runs and calibrate again")
        machine.start.rounds, machine.start.least = [0.052, 0.011], 0.009
        cpu.refuse_if_unusable(machine)

    def test_a_busy_machine_is_refused(self):
        machine = small()
        for probe in machine.probes():
            probe.rounds = [1.0, 1.1]
        cpu.refuse_if_busy(machine)
        machine.start.rounds = [1.0, 1.5, 1.0]
        with mock.patch("alidade.capture.calibrate.cpu.busy", return_value="other programs run"), \
                self.assertRaises(CaptureError) as caught:
            cpu.refuse_if_busy(machine)
        self.assertEqual(str(caught.exception), "calibrate cpu: this machine is busy: runs of the smallest "
                         "convolution, 1 thread lie 50 % apart, and 15 % is the most that a calibration is made of "
                         "(other programs run); stop what else runs and calibrate again; --force writes the file, its "
                         "constants marked as uncertain")
        self.assertEqual(tomllib.loads(cpu.device_file(BOX, machine))["uncertain"], ["peak_tflops", "launch_us"])

    def test_the_verb_prints_what_it_measured_and_writes_nothing_where_it_refuses(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "box.toml"
            apart = mock.patch.object(probes, "measure", lambda made: [one.rounds.extend((1e-3, 2e-3)) for one in made])
            with apart, \
                    mock.patch.object(cpu, "LEAST_ARRAY", 1 << 16), \
                    mock.patch.object(cpu, "MOST_ARRAY", 1 << 16):
                self.assertEqual(main(["calibrate", "cpu", "-o", str(path)]), 1)
                self.assertFalse(path.exists())
                self.assertEqual(main(["calibrate", "cpu", "-o", str(path), "--force"]), 0)
            self.assertTrue(re.search(r'^uncertain = \["peak_tflops", "compute_share", "dram_gbps", "launch_us"\]$',
                                      path.read_text(), re.M))


if __name__ == "__main__":
    unittest.main()
