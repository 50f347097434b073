"""What RTK's paper says: its numbers, and its claims in our own words.

RTK: "Video action segmentation via contextually refined temporal keypoints", ICCV 2023. Scores are in %; None
where the paper has no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reproduce.ledger.paper import Claim
from reproduce.ledger.published import Published, published_table

__all__ = ["KEYPOINT_CLAIMS", "RTK_TABLES"]

_SCORES = "F1@10, F1@25, F1@50, Edit, accuracy"

#: RTK's tables by name. Of the older methods of its Table 1 those of recurrent and of plain convolutional
#: networks are left out. In its Table 2 the tick of the second line is lost from the text: that the line is
#: of keypoints alone is inferred. Its line with refinement alone is that of ASFormer in Table 1.
RTK_TABLES: Mapping[str, Published] = MappingProxyType(
    {
        "50salads": published_table(
            "50 Salads, mean of 5 splits (RTK, Table 1)",
            _SCORES,
            {
                "ED-TCN": "68.0 63.9 52.6 59.8 64.7",
                "MS-TCN": "76.3 74.0 64.5 67.9 80.7",
                "G2L": "80.3 78.0 69.8 73.4 82.2",
                "MS-TCN++": "80.7 78.5 70.1 74.3 83.7",
                "BCN": "82.3 81.3 74.0 74.3 84.4",
                "ASRF": "84.9 83.5 77.3 79.3 84.5",
                "ETSN": "85.2 83.9 75.4 78.8 82.0",
                "HASR": "86.6 85.7 78.5 81.0 83.9",
                "ASFormer": "85.1 83.4 76.0 79.6 85.6",
                "RTK": "87.4 86.1 79.5 81.4 85.9",
            },
        ),
        "gtea": published_table(
            "GTEA, mean of 4 splits (RTK, Table 1)",
            _SCORES,
            {
                "ED-TCN": "72.2 69.3 56.0 - 64.0",
                "MS-TCN": "85.8 83.4 69.8 79.0 76.3",
                "G2L": "89.9 87.3 75.8 84.6 78.5",
                "MS-TCN++": "88.8 85.7 76.0 83.5 80.1",
                "BCN": "88.5 87.1 77.3 84.4 79.8",
                "ASRF": "89.4 87.8 79.8 83.7 77.3",
                "ETSN": "91.1 90.0 77.9 86.2 78.2",
                "HASR": "89.2 87.2 74.8 84.5 76.9",
                "ASFormer": "90.1 88.8 79.2 84.6 79.7",
                "RTK": "91.2 90.6 83.4 87.9 80.3",
            },
        ),
        "breakfast": published_table(
            "Breakfast, mean of 4 splits (RTK, Table 1)",
            _SCORES,
            {
                "ED-TCN": "- - - - 43.3",
                "MS-TCN": "52.6 48.1 37.9 61.7 66.3",
                "G2L": "76.3 69.9 54.6 74.5 70.8",
                "MS-TCN++": "64.1 58.6 45.9 65.6 67.6",
                "BCN": "68.7 65.5 55.0 66.2 70.4",
                "ASRF": "74.3 68.9 56.1 72.4 67.6",
                "ETSN": "74.0 69.0 56.2 70.3 67.8",
                "HASR": "74.7 69.5 57.0 71.9 69.4",
                "ASFormer": "76.0 70.6 57.4 75.0 73.5",
                "RTK": "76.9 72.4 60.5 76.1 73.3",
            },
        ),
        "ablation": published_table(
            "GTEA, the parts of RTK (RTK, Table 2)",
            _SCORES,
            {
                "frame-wise": "83.4 81.7 71.9 77.1 78.7",
                "keypoints": "88.2 85.7 76.5 82.4 79.4",
                "keypoints, refinement": "90.8 88.7 82.9 86.6 80.1",
                "keypoints, refinement, GCN": "90.7 88.7 82.9 86.5 80.2",
                "refinement": "90.1 88.8 79.2 84.6 79.7",
                "refinement, GCN": "89.7 87.4 78.6 82.5 79.3",
                "refinement, GCN, graph matching": "90.9 88.1 79.3 83.6 79.5",
                "all (RTK)": "91.2 90.6 83.4 87.9 80.3",
            },
        ),
        "matching": published_table(
            "GTEA, the kind of graph matching, and whether its gradient is cut off (RTK, Table 3)",
            _SCORES,
            {
                "CIE": "80.9 80.1 72.1 76.4 73.5",
                "CIE, cut off": "81.3 80.8 74.5 79.6 75.7",
                "PCA": "90.7 88.4 78.6 82.9 78.5",
                "PCA, cut off (RTK)": "91.2 90.6 83.4 87.9 80.3",
            },
        ),
        "candidates": published_table(
            "GTEA, candidates as a share of the frames (RTK, Table 4)",
            _SCORES,
            {
                "0.001": "83.5 80.7 74.6 78.5 81.3",
                "0.01": "88.9 86.3 81.7 83.2 79.4",
                "0.1 (RTK)": "91.2 90.6 83.4 87.9 80.3",
                "1": "91.4 90.2 82.7 86.5 80.4",
            },
        ),
        "keypoints": published_table(
            "50 Salads, points of actions and boundaries (RTK, Table 6)",
            "action accuracy, action recall, boundary accuracy, boundary recall",
            {
                "ASFormer, refined": "81.5 88.1 39.5 48.8",
                "ASFormer with ASRF, refined": "83.3 88.5 53.9 67.6",
                "RTK, before refinement": "88.4 92.6 86.3 80.7",
                "RTK": "90.5 90.7 92.1 71.1",
            },
        ),
        "prompts": published_table(
            "GTEA, features of Br-Prompt (RTK, Table 7)",
            _SCORES,
            {
                "ASFormer": "94.1 92.0 83.0 91.6 81.2",
                "RTK": "94.9 93.8 87.8 92.8 84.4",
            },
        ),
    }
)

#: The claims by name.
KEYPOINT_CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        claim.id: claim
        for claim in (
            Claim(
                "keypoints-over-segment-less",
                "Segments assembled from keypoints are less over-segmented than frame-wise labels",
                "RTK, 1, Figure 1",
            ),
            Claim(
                "rtk-above-asformer",
                "RTK is above ASFormer in F1@50 and Edit",
                "RTK, 4.2, Table 1",
            ),
            Claim(
                "rtk-above-ms-tcn",
                "RTK is above MS-TCN in F1@50, Edit and accuracy",
                "RTK, 4.2, Table 1",
            ),
            Claim(
                "keypoints-help",
                "Keypoints in the place of frame-wise labels raise F1@50 and Edit, whatever the other parts",
                "RTK, 4.3, Table 2",
            ),
            Claim(
                "refinement-helps",
                "The refinement stage raises F1@50 and Edit, with keypoints and with frame-wise labels",
                "RTK, 4.3, Table 2",
            ),
            Claim(
                "graph-alone-adds-nothing",
                "A graph network that no matching supervises adds nothing to the refinement stage",
                "RTK, Table 2",
            ),
            Claim(
                "graph-matching-helps",
                "Graph matching, which supervises the graph network, raises F1@50 and Edit",
                "RTK, 4.3, Table 2",
            ),
            Claim(
                "detaching-is-better",
                "It is better to cut the gradient of graph matching off from the backbone",
                "RTK, 4.4, Table 3",
            ),
            Claim(
                "few-candidates-cost",
                "Candidates for a thousandth or a hundredth of the frames are worse than for a tenth of them",
                "RTK, 4.5, Table 4",
            ),
            Claim(
                "a-tenth-is-enough",
                "Candidates for a tenth of the frames are about as good as for all of them",
                "RTK, 4.5, Table 4",
            ),
            Claim(
                "keypoints-above-frame-wise-ones",
                "RTK's points of actions and boundaries are right more often than those of frame-wise labels",
                "RTK, 4.6, Table 6",
            ),
            Claim(
                "refined-keypoints-are-right",
                "Refinement makes the points of actions and boundaries right more often",
                "RTK, 4.6, Table 6",
            ),
            Claim(
                "better-at-all-lengths",
                "RTK's segments overlap the true ones better than ASFormer's, up to every length",
                "RTK, 4.6, Figure 5",
            ),
        )
    }
)
