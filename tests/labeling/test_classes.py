"""Labels that can be classes of a job, and labels of another type."""

import numpy as np
import pytest

from skactive.labeling._classes import Classes


@pytest.mark.parametrize("label", [float("inf"), -np.inf, np.float32("inf"), 1.5])
def test_a_number_must_be_whole_and_finite(label):
    with pytest.raises(ValueError, match="numbers must be whole"):
        Classes().check(label)
    with pytest.raises(ValueError, match="numbers must be whole"):
        Classes([label, 1])


@pytest.mark.parametrize("label", [True, np.True_, False])
def test_true_is_not_the_class_1(label):
    with pytest.raises(TypeError, match="is a bool, but 0 is a int"):
        Classes([0, 1]).check(label)
    with pytest.raises(TypeError, match="is a bool, but 0 is a int"):
        Classes([0, 1, label])


def test_classes_true_and_false():
    classes = Classes([False, True])
    assert classes.check(np.True_) is True
    assert classes.read("False") is False
    with pytest.raises(TypeError, match="1 is a int, but False is a bool"):
        classes.check(1)
    with pytest.raises(ValueError, match="'1' is not one of the classes"):
        classes.read("1")


def test_whole_numbers_of_any_type_are_one_class():
    classes = Classes([0, 1])
    assert [classes.check(label) for label in (1.0, np.int8(1), np.float32(0))] == [1, 1, 0]
    assert classes.read("1") == 1
