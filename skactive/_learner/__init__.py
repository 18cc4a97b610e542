"""What a learner is made of: picking, keeping, predicting, and the checks of its input."""
