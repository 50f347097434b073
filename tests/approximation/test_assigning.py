"""Similarity and labels of frames (paper Eq. 6)."""

import jax.numpy as jnp
import numpy as np
import pytest
from clear_videos import video
from small_buckets import small_buckets  # noqa: F401 -- of each test
from tolerances import gram_bound, sum_error
from unoptimised import learning_unoptimised

from dkva import Kernel, VideoSegmenter, approximate
from dkva.approximation.assigning import labels_of, margins, similarity, similarity_by


@pytest.mark.fast
def test_label_is_the_most_similar_and_the_lowest_on_a_tie():
    assert labels_of(np.asarray([[1.0, 3.0, 2.0], [2.0, 2.0, 1.0], [-3.0, -1.0, -1.0]])).tolist() == [1, 0, 1]


@pytest.mark.fast
def test_margin_is_the_relative_lead_of_the_best():
    gram = np.asarray([[4.0, 1.0, 3.0], [2.0, 2.0, 0.0], [-2.0, -4.0, -3.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(margins(gram), [0.25, 0, 0.5, 0])  # halves and quarters are exact
    assert np.isnan(margins(np.ones((3, 1)))).all()


@pytest.mark.numerics
def test_similarity_is_the_kernel_in_blocks_of_any_length():
    frames = ((video(700) - 100) / 5).astype(np.float32)
    with learning_unoptimised():  # no step is taken: V is the initialisation
        learned = approximate(frames, 3, epochs=0)
    gram = similarity(frames, learned)
    scales = {"length_scale": learned.length_scale, "rescale": learned.rescale}
    expected = learned.kernel(jnp.asarray(frames), jnp.asarray(learned.synthetic), **scales)
    # A row's rounding may depend on its place in a block.
    error = 2 * gram_bound(learned.kernel, frames, learned.synthetic, **scales).error
    np.testing.assert_array_less(np.abs(gram - expected), error)
    for part in (slice(0, 1), slice(500, 700)):
        np.testing.assert_array_less(np.abs(similarity(frames[part], learned) - gram[part]), error[part])


def assert_ntk_of(divided, found, learned, size):
    """Similarities under the NTK of frames that were divided by norms over batches of so many."""
    expected = np.asarray(Kernel("ntk")(jnp.asarray(divided), jnp.asarray(learned.synthetic)))
    error = gram_bound(Kernel("ntk"), divided, learned.synthetic, inputs=sum_error(size, np.float32)).error
    np.testing.assert_array_less(np.abs(found - expected), 2 * error)


@pytest.mark.numerics
def test_the_authors_sphere_divides_batches_at_assignment_and_the_last_reaches_back():
    x = video(50, 4, seed=3)
    with learning_unoptimised():  # what is measured is assignment
        fitted, paper = (
            VideoSegmenter(3, kernel=kernel, smoothing=0, epochs=2).fit(x)
            for kernel in ("ntk_sphere_authors", "ntk_sphere")
        )
    frames = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-7)
    batches = [frames[i : i + 16] / np.linalg.norm(frames[i : i + 16], axis=0) for i in (0, 16, 32, 34)]
    divided = np.concatenate([*batches[:3], batches[3][-2:]])
    learned = fitted._learned
    assert learned.batch_size == 16
    assert_ntk_of(divided.astype(np.float32), fitted.similarity_, learned, 16)
    assert not np.allclose(fitted.approximation_, paper.approximation_, rtol=0.01)


@pytest.mark.numerics
@pytest.mark.parametrize(("size", "n"), [(349, 1500), (600, 1500), (7, 520), (520, 520)])
def test_the_authors_batches_do_not_depend_on_the_blocks_they_are_read_in(size, n):
    x = ((video(n) - 100) / 5).astype(np.float32)
    with learning_unoptimised():  # no step is taken: V is the initialisation
        learned = approximate(x, 3, kernel="ntk_sphere_authors", epochs=0, batch_size=size)
    firsts = range(0, n, size)
    batches = [x[min(first, n - size) :][:size] for first in firsts]
    divided = np.concatenate(
        [
            (b / np.linalg.norm(b, axis=0))[size - min(size, n - f) :]
            for b, f in zip(batches, firsts, strict=True)
        ]
    )
    assert_ntk_of(divided, similarity(x, learned), learned, size)


@pytest.mark.fast
def test_similarity_by_distance_or_by_the_kernel():
    frames = ((video() - 100) / 5).astype(np.float32)
    learned = approximate(frames, 3, epochs=0)
    np.testing.assert_array_equal(similarity_by("kernel", frames, learned), similarity(frames, learned))
    apart = np.linalg.norm(frames[:, None] - learned.synthetic[None], axis=2)
    # Squares are subtracted before the root is taken.
    squares = 2 * sum_error(4, np.float32) * 2 * (np.linalg.norm(frames, axis=1).max() ** 2)
    np.testing.assert_array_less(np.abs(similarity_by("l2", frames, learned) ** 2 - apart**2), squares)
