"""The state of a job according to its log: rows asked, labels, open rows."""

from collections import Counter

ANSWERS = ("label", "skip", "flag")


class JobState:
    """State of a job, updated by its events in the order of the log.

    A session takes its state from the events only. So a running session and a
    reopened one have the same state.

    Attributes
    ----------
    rounds : dict of int to list
        Keys of each round in the order in which they are asked, including
        audit rows.
    choices : dict of int to dict
        How each round was chosen: the "choice" in the ``extra`` of its first
        event.
    round_of : dict
        Round of each key that was asked.
    whys : dict of dict
        Why each key was asked.
    audit : list
        Keys of the audit rows, in the order drawn.
    classes : list
        Classes that were added while labeling.
    taken_before : set
        Keys that were not free when the last round was chosen.
    n_closed : int
        Number of rounds, counted from the first, that were once answered in
        full.
    last_id : int
        Number of the last event.
    """

    def __init__(self):
        self.rounds, self.choices, self.round_of = {}, {}, {}
        self.audit, self.classes = [], []
        self.taken_before = set()
        self.n_closed = self.last_id = 0
        self.whys = {}
        self._is_audit = set()
        self._answers = {}  # key: answers that were not taken back, in order
        self._extras = {}  # labeled without being asked: (round, event number)
        self._open = {}  # round: keys without an answer
        self._labels = {}  # the labels that count

    @property
    def last_round(self):
        """Number of the last round; 0 before the first one."""
        return len(self.rounds)

    def apply(self, event):
        """Update the state with the next event."""
        self.last_id = event["id"]
        kind, key = event["event"], event["key"]
        if kind == "ask":
            self._ask(event)
        elif kind == "audit":
            self.audit.append(key)
            self._is_audit.add(key)
        elif kind == "push":
            return  # a row that was sent to a front end has no label by that
        elif kind == "class":
            self.classes.append(event["label"])
        else:
            if kind == "undo":
                self._undo(key, event["extra"]["undoes"])
            else:
                self._answers.setdefault(key, []).append(event)
            self._settle(key, event)

    def _ask(self, event):
        key, number = event["key"], event["round"]
        if number not in self.rounds:
            self.taken_before = self.taken()
            self.rounds[number], self._open[number] = [], set()
            self.choices[number] = (event["extra"] or {}).get("choice")
        self.rounds[number].append(key)
        self.round_of[key] = number
        self.whys[key] = (event["extra"] or {}).get("why", {})
        self._extras.pop(key, None)
        if not self._answers.get(key):
            self._open[number].add(key)

    def _undo(self, key, number):
        standing = [event for event in self._answers.get(key, []) if event["id"] != number]
        self._answers[key] = standing

    def _settle(self, key, event):
        """Update labels and open rounds after a new or undone answer to a key."""
        status = self.status(key)
        self._labels.pop(key, None)
        if status is not None and status["event"] == "label":
            self._labels[key] = status["label"]
        number = self.round_of.get(key)
        if number is None:
            if key not in self._labels:
                self._extras.pop(key, None)
            else:
                self._extras.setdefault(key, (self.last_round, event["id"]))
            return
        (self._open[number].discard if self._answers[key] else self._open[number].add)(key)
        while self._open.get(self.n_closed + 1) == set():
            self.n_closed += 1

    def is_audit(self, key):
        """Return whether a key belongs to the audit rows."""
        return key in self._is_audit

    def answers(self, key):
        """Return the answers to a key that were not taken back, oldest first."""
        return list(self._answers.get(key, ()))

    def opinions(self, key):
        """Return the last answer of each person to a key: dict of annotator to event."""
        last = {}
        for event in self._answers.get(key, ()):
            last.pop(event["annotator"], None)  # the latest comes last
            last[event["annotator"]] = event
        return last

    def status(self, key):
        """Return the answer to a key that counts: an event, or None.

        A label overrides a flag, and a flag overrides a skip. Among several
        labels the most frequent one counts; among equally frequent labels, the
        latest one.
        """
        opinions = list(self.opinions(key).values())
        labels = [event for event in opinions if event["event"] == "label"]
        if labels:
            votes = Counter(event["label"] for event in labels)
            most = max(votes.values())
            return [event for event in labels if votes[event["label"]] == most][-1]
        flags = [event for event in opinions if event["event"] == "flag"]
        return (flags or opinions or [None])[-1]

    def label_of(self, key):
        """Return the label of a key that counts, or None."""
        return self._labels.get(key)

    def last_answer(self, key=None, annotator=None):
        """Return the latest answer that was not taken back, of one key and one person if given."""
        keys = self._answers if key is None else [key]
        found = (event for each in keys for event in self._answers.get(each, ()))
        if annotator is not None:
            found = (event for event in found if event["annotator"] == annotator)
        return max(found, key=lambda event: event["id"], default=None)

    def answered(self):
        """Return the keys with an answer, in no particular order."""
        return [key for key, answers in self._answers.items() if answers]

    def unanswered(self):
        """Return the keys that were asked and have no answer, in the order asked."""
        return [
            key
            for number in sorted(self.rounds)
            if self._open[number]
            for key in self.rounds[number]
            if key in self._open[number]
        ]

    def n_open_rounds(self):
        """Return the number of rounds with an unanswered row."""
        return sum(map(bool, self._open.values()))

    def taken(self):
        """Return the keys that a query must not pick: asked, answered or audit rows."""
        return {*self.round_of, *self._is_audit, *self.answered()}

    def labeled(self, through=None):
        """Return the keys and labels for the learner, in the order taught.

        Parameters
        ----------
        through : int, default=None
            Last round to include. None: all labels.

        Returns
        -------
        labels : list of (key, label)
            Round by round, in pick order. After the picks of a round come the
            rows that were labeled in it without being asked.
        """
        extras = {}
        for key, (number, _) in sorted(self._extras.items(), key=lambda item: item[1]):
            extras.setdefault(number, []).append(key)
        last = self.last_round if through is None else through
        keys = [*extras.get(0, ())]
        for number in range(1, last + 1):
            keys += [*self.rounds[number], *extras.get(number, ())]
        pairs = ((key, self.label_of(key)) for key in keys if key not in self._is_audit)
        return [(key, label) for key, label in pairs if label is not None]

    @property
    def n_labeled(self):
        """Number of labels for the learner, without those of audit rows."""
        return len(self._labels) - len(self.audited())

    def audited(self):
        """Return the keys and labels of the labeled audit rows, in the order drawn."""
        pairs = ((key, self.label_of(key)) for key in self.audit)
        return [(key, label) for key, label in pairs if label is not None]
