"""Every reason for which feedback says no, each with its stable code."""

from contracts.decision import Refusal


class OpinionGivenAlready(Refusal):
    code, title = "opinion_given_already", "You have given your opinion on this step already"


class AnsweredAlready(Refusal):
    code, title = "answered_already", "This opinion has been answered already"


class WordsForgotten(Refusal):
    code, status, title = "words_forgotten", 410, "The words of this opinion have been deleted"
