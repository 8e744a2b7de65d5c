"""What scripts/bootstrap installs for each purpose, with stubs in place of all that would install it."""
import unittest

from stubs import Copy


class Bootstrap(unittest.TestCase):
    def asked(self, *purposes, installed=()):
        """How bootstrap ended, and the packages that apt-get was asked for."""
        with Copy() as copy:
            words = " ".join(installed)
            copy.stub("dpkg-query", f'[[ " {words} " == *" ${{*: -1}} "* ]] && echo -n installed')
            copy.stub("apt-cache", "echo '  Candidate: 1.0'")
            copy.stub("grep", "exit 0")
            copy.stub("sudo", '"$@"')
            for name in ("apt-get", "chmod", "rm", "systemctl", "tee"):
                copy.stub(name)
            ended = copy.run(str(copy.root / "scripts/bootstrap"), *purposes)
            calls = [line.split() for line in copy.noted() if line.startswith("apt-get install")]
        packages = [word for call in calls for word in call[2:] if not word.startswith("-")]
        return ended, packages

    def test_a_purpose_gets_what_it_needs_and_no_more(self):
        _, run = self.asked("run")
        self.assertTrue({"g++", "openssl", "curl"} <= set(run))
        self.assertFalse({"redis-server", "nodejs", "clang", "shellcheck", "wrk"} & set(run))
        _, chain = self.asked("run", "chain")
        self.assertEqual(set(chain), set(run) | {"redis-server", "memcached"})
        _, text = self.asked("text")
        self.assertIn("shellcheck", text)
        self.assertNotIn("g++", text)
        _, bench = self.asked("bench")
        self.assertTrue({"g++", "wrk", "varnish", "libbenchmark-dev"} <= set(bench))

    def test_without_a_purpose_it_is_for_building_and_testing(self):
        _, packages = self.asked()
        self.assertEqual(packages, self.asked("build", "test")[1])
        self.assertTrue({"g++", "doctest-dev", "redis-server", "nginx-light"} <= set(packages))
        self.assertFalse({"clang", "wrk", "golang-go"} & set(packages))

    def test_dev_is_all_but_languages_that_only_an_example_is_in(self):
        _, packages = self.asked("dev")
        self.assertEqual(packages, self.asked("--dev")[1])
        for purpose in ("build", "run", "chain", "test", "bench", "clang", "text"):
            self.assertTrue(set(self.asked(purpose)[1]) <= set(packages), purpose)
        self.assertEqual(len(packages), len(set(packages)))
        self.assertNotIn("golang-go", packages)

    def test_it_says_what_it_installs_and_what_for(self):
        ended, _ = self.asked("run", "chain", installed=["curl", "memcached"])
        self.assertEqual(ended.returncode, 0)
        self.assertIn("bootstrap: installs, to run it: ca-certificates tzdata openssl\n", ended.stdout)
        self.assertIn("bootstrap: installs, for the full chain: redis-server\n", ended.stdout)

    def test_what_is_there_is_not_installed_and_either_of_two_will_do(self):
        _, all_of_test = self.asked("test")
        installed = [name for name in all_of_test if name != "nginx-light"] + ["nginx"]
        ended, packages = self.asked("test", installed=installed)
        self.assertEqual((ended.returncode, ended.stdout, packages), (0, "", []))

    def test_a_purpose_that_there_is_not_is_refused(self):
        for word in ("nonsense", "--nonsense", ""):
            ended, packages = self.asked(word)
            self.assertEqual((ended.returncode, packages), (64, []))


if __name__ == "__main__":
    unittest.main()
