"""Parts of the learner: picking, keeping, predicting, running, and checks of the input."""
