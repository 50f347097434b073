"""Assignment by ASOT's decoder: shares, what they are made of, and the estimator's labels."""

import jax.numpy as jnp
import numpy as np
import pytest
from small_buckets import small_buckets  # noqa: F401 -- of each test

from dkva import VideoSegmenter
from dkva.approximation.assigning import similarity_by
from dkva.approximation.transport_assigning import assigned_by_cosine, assigned_by_transport
from dkva.transport import decode


def walk(n=120, d=5):
    return np.random.default_rng(0).normal(size=(n, d)).cumsum(0).astype(np.float32)


@pytest.fixture(scope="module")
def fitted():
    return VideoSegmenter(3, epochs=0).fit(walk())


def test_shares_are_of_similarities_in_their_range(fitted):
    similarity = fitted.similarity_
    got = assigned_by_transport(similarity)
    cost = (similarity.max() - similarity) / np.ptp(similarity)
    np.testing.assert_allclose(got, decode(cost).assignment, atol=1e-5)
    np.testing.assert_allclose(got.sum(1), 1, atol=1e-5)
    # In another unit the shares are the same, up to rounding that steps amplify.
    np.testing.assert_allclose(assigned_by_transport(4 * similarity), got, atol=1e-3)
    assert np.isfinite(assigned_by_transport(np.ones((30, 2), np.float32))).all()


@pytest.mark.parametrize("kernel", ["gauss_ntk", "ntk"])
def test_cosines_are_those_of_the_kernel(kernel):
    segmenter = VideoSegmenter(3, epochs=0, kernel=kernel, smoothing=0).fit(walk())
    learned = segmenter._learned
    frames = segmenter._standardiser.apply(walk())
    scale = {"length_scale": learned.length_scale, "rescale": learned.rescale, "seed": learned.seed}
    synthetic = jnp.asarray(learned.synthetic)
    own = np.diag(np.asarray(learned.kernel(jnp.asarray(frames), **scale)))
    theirs = np.diag(np.asarray(learned.kernel(synthetic, **scale)))
    similarity = np.asarray(learned.kernel(jnp.asarray(frames), synthetic, **scale))
    want = decode(1 - similarity / np.sqrt(np.outer(own, theirs))).assignment
    got = assigned_by_cosine(frames, learned, similarity)
    np.testing.assert_allclose(got, want, atol=1e-3)
    np.testing.assert_array_equal(got, similarity_by("asot_cosine", frames, learned))


@pytest.mark.parametrize("assignment", ["asot", "asot_cosine"])
def test_the_estimator_labels_frames_by_their_largest_share(assignment):
    segmenter = VideoSegmenter(3, epochs=1, assignment=assignment)
    labels = segmenter.fit_predict(walk())
    np.testing.assert_allclose(segmenter.similarity_.sum(1), 1, atol=1e-5)
    np.testing.assert_array_equal(labels, segmenter.similarity_.argmax(1))
    np.testing.assert_array_equal(segmenter.predict(walk()), labels)
    kernel = VideoSegmenter(3, epochs=1).fit(walk())
    np.testing.assert_array_equal(segmenter.approximation_, kernel.approximation_)
    assert np.count_nonzero(np.diff(labels)) <= np.count_nonzero(np.diff(kernel.labels_))
