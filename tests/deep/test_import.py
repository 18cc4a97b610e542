import subprocess
import sys

CODE = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "{missing}":
            raise ModuleNotFoundError("No module named '{missing}'", name="{missing}")
sys.meta_path.insert(0, Finder())
try:
    import skactive.deep
except ImportError as error:
    print(error)
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_the_package_imports_no_torch():
    code = "import sys, skactive, skactive.query; print({'torch', 'skorch'} & set(sys.modules))"
    assert run(code).stdout.strip() == "set()"


def test_without_torch_the_extra_is_named():
    message = run(CODE.replace("{missing}", "torch")).stdout
    assert "'torch' is missing" in message and 'pip install "skactive[deep]"' in message
