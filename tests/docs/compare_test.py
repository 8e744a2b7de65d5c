"""What counts as printed: whole lines, in their order, with other figures where figures stand."""
import unittest

import compare


class Compared(unittest.TestCase):
    def lacks(self, printed, came):
        return compare.first_line_that_lacks(printed.splitlines(), came)

    def test_a_line_is_a_whole_line(self):
        self.assertEqual(self.lacks("healthy", "unhealthy\n"), "healthy")
        self.assertEqual(self.lacks("healthy", "healthy, but for one\n"), "healthy")
        self.assertIsNone(self.lacks("healthy", "first\n  healthy  \nlast\n"))
        self.assertIsNone(self.lacks("HTTP/1.1 200 OK\nAge: 0", "HTTP/1.1 200 OK\r\nDate: today\r\nAge: 7\r\n"))

    def test_lines_come_in_their_order(self):
        self.assertIsNone(self.lacks("one\ntwo", "one\nelse\ntwo"))
        self.assertEqual(self.lacks("two\none", "one\ntwo"), "one")

    def test_dots_are_anything(self):
        self.assertIsNone(self.lacks('{"status":{...,"error_code":0,...', '{"status":{"elapsed":1,"error_code":0,"x":2}}'))
        self.assertIsNone(self.lacks("one\n...\ntwo", "one\ntwo"))
        self.assertEqual(self.lacks("one ... three", "one two\nfour"), "one ... three")

    def test_figures_ids_and_bars_are_of_the_moment(self):
        self.assertIsNone(self.lacks("BTC  66,662.15  3 s  f47ac10b58cc", "BTC   9.5  12 s  0a1b2c3d"))
        self.assertIsNone(self.lacks("─────\n███░░ 60 %", "──────────\n█░░░░ 20 %"))


if __name__ == "__main__":
    unittest.main()
