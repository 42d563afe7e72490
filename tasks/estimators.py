"""What can be trained; add a family here and name it under `candidates` in config/params.yaml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

from config.errors import ConfigError
from config.settings import ProblemType
from tasks.features import columns_of, preprocessing

if TYPE_CHECKING:
    from optuna import Trial

Number = int | float
MOST_ITERATIONS = 400

# Types beyond skops' own list that a model file of ours may hold. The list lives here, never in the model file: a file
# that names any other type is refused.
TRUSTED_TYPES = (
    "functools.partial",  # histogram gradient boosting keeps check_array, bound, beside its categories
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
    "tasks.features.CalendarParts",
)


@dataclass(frozen=True)
class Dimension:
    """One parameter of the search: its bounds, its value when nothing is known, and how it is counted."""

    name: str
    low: Number
    high: Number
    default: Number
    log: bool = False

    def suggest(self, trial: "Trial", prefix: str) -> Number:
        """Let a trial choose a value."""
        ask = trial.suggest_int if isinstance(self.default, int) else trial.suggest_float
        return ask(f"{prefix}.{self.name}", self.low, self.high, log=self.log)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Family:
    """A kind of model: what is searched, and how a pipeline is built from chosen parameters."""

    name: str
    build: Callable[..., Pipeline]
    space: tuple[Dimension, ...] = ()

    @property
    def defaults(self) -> dict[str, Number]:
        """The parameters of the first trial."""
        return {dimension.name: dimension.default for dimension in self.space}


def family(name: str) -> Family:
    """Find a family by name; ConfigError lists the alternatives."""
    if name not in FAMILIES:
        raise ConfigError(
            f"{name!r} is no family of tasks/estimators.py",
            expected=f"one of {', '.join(sorted(FAMILIES))}",
            next_step="correct `search.candidates` in config/params.yaml",
        )
    return FAMILIES[name]


def _dummy(schema: Mapping[str, str], params: Mapping[str, Any], *, problem: ProblemType, seed: int) -> Pipeline:
    """Answer the same for every row: the share of each class, or the mean."""
    regression = problem is ProblemType.REGRESSION
    return Pipeline([("model", DummyRegressor() if regression else DummyClassifier(strategy="prior"))])


def _linear(schema: Mapping[str, str], params: Mapping[str, Any], *, problem: ProblemType, seed: int) -> Pipeline:
    """Weigh every feature; `shrinkage` pulls the weights to zero."""
    model: BaseEstimator
    if problem is ProblemType.REGRESSION:
        model = Ridge(alpha=params["shrinkage"])
    else:
        model = LogisticRegression(C=1 / params["shrinkage"], max_iter=500)
    return Pipeline([("features", preprocessing(dict(schema), kind="linear")), ("model", model)])


def _boosting(schema: Mapping[str, str], params: Mapping[str, Any], *, problem: ProblemType, seed: int) -> Pipeline:
    """Add up small trees on histograms, categories as such, until held-out training rows stop improving."""
    kind = HistGradientBoostingRegressor if problem is ProblemType.REGRESSION else HistGradientBoostingClassifier
    model = kind(
        **params,
        max_iter=MOST_ITERATIONS,
        early_stopping=True,
        categorical_features=list(range(len(columns_of(dict(schema), "category")))),  # preprocessing puts them first
        random_state=seed,
    )
    return Pipeline([("features", preprocessing(dict(schema), kind="tree")), ("model", model)])


FAMILIES = {
    f.name: f
    for f in (
        Family("dummy", _dummy),
        Family("linear", _linear, space=(Dimension("shrinkage", 1e-3, 1e3, 1.0, log=True),)),
        Family(
            "gradient_boosting",
            _boosting,
            space=(
                Dimension("learning_rate", 0.03, 0.3, 0.08, log=True),
                Dimension("max_leaf_nodes", 6, 63, 10, log=True),
                Dimension("min_samples_leaf", 5, 200, 20, log=True),
                Dimension("l2_regularization", 1e-3, 30.0, 5.0, log=True),
            ),
        ),
    )
}
