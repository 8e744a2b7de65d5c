"""Each script says what it is for when asked by --help, and does nothing else."""
import unittest

from stubs import Copy


class Help(unittest.TestCase):
    def test_every_script_helps_and_does_nothing_else(self):
        with Copy() as copy:
            scripts = sorted(path for path in (copy.root / "scripts").iterdir() if path.name != "help.sh")
            self.assertGreater(len(scripts), 8)
            before = copy.files()
            for script in scripts:
                runner = "python3" if script.suffix == ".py" else "env"
                for word in ("--help", "-h"):
                    with self.subTest(script=script.name, word=word):
                        ended = copy.run(runner, str(script), word)
                        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                        self.assertGreater(len(ended.stdout.split()), 5)
                        if script.suffix != ".py":
                            self.assertIn(script.name, ended.stdout)
            self.assertEqual(copy.files(), before)


if __name__ == "__main__":
    unittest.main()
