"""What the papers on representations that align say: their numbers, and their claims in our own words.

LRProp: "Weakly-supervised representation learning for video alignment and analysis", WACV 2024, with SCL,
which is CARL's loss, and five others. MASA: Kwon et al., "Multi activity sequence alignment via implicit
clustering", ICCV 2025. Scores are in %; None where a paper has no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reproduce.ledger.paper import Claim
from reproduce.ledger.published import Published, published_table

__all__ = ["ALIGNMENT_CLAIMS", "LRPROP_TABLES", "MASA_TABLES"]

_IN_ORDER = "Kendall's tau, progression, AP@5, AP@10, AP@15, "

#: LRProp's tables by name. SCL's numbers on Pouring are its authors' where these have one, and otherwise
#: LRProp's authors'. AP@10 of LRProp on Pouring is 90.33 in Table 1 and 91.66 in Table 3. What each line of
#: the ablation leaves out is lost from the text. SCL on PennAction is one model of all actions, LRProp one
#: for each. The mean of its progression over the actions of Table 4 is 93.30, not Table 2's 93.03.
LRPROP_TABLES: Mapping[str, Published] = MappingProxyType(
    {
        "pouring": published_table(
            "Pouring (LRProp, Table 1)",
            f"{_IN_ORDER}accuracy 10 %, accuracy 25 %, accuracy 50 %, accuracy 100 %, DTW accuracy",
            {
                "SCL": "99.2 93.5 90.04 89.69 88.92 85.78 87.14 89.45 93.73 84.68",
                "SAL": "79.61 77.28 84.05 83.77 83.79 87.63 - 87.58 88.81 -",
                "TCN": "85.12 80.44 83.56 83.31 83.01 89.67 - 87.32 89.53 -",
                "TCC": "86.36 83.73 87.16 86.68 86.54 90.65 - 91.11 91.53 -",
                "LAV": "85.61 80.54 89.13 89.13 89.22 91.61 - 92.82 92.84 -",
                "VAVA": "87.55 83.61 - - - 91.65 - 91.79 92.84 -",
                "LRProp": "99.46 94.09 92.41 90.33 90.86 92.7 93.88 94.44 94.36 90.22",
            },
        ),
        "penn_action": published_table(
            "PennAction, mean of 13 actions (LRProp, Table 2)",
            f"{_IN_ORDER}accuracy 10 %, accuracy 50 %, accuracy 75 %, accuracy 100 %",
            {
                "SCL": "98.5 91.8 92.28 92.1 91.82 - - - 93.07",
                "SAL": "76.12 69.6 - - - 74.87 78.26 - 79.96",
                "TCN": "81.2 72.17 77.84 77.51 77.28 81.99 83.67 - 84.04",
                "TCC": "81.35 73.53 76.74 76.27 75.88 81.26 83.35 - 84.45",
                "LAV": "80.5 66.13 79.13 79.98 78.9 83.56 83.95 - 84.25",
                "VAVA": "80.53 70.91 - - - 83.89 84.23 - 84.48",
                "LRProp": "99.09 93.03 92.46 92.2 92.03 91.9 92.96 93.17 93.25",
            },
        ),
        "ablation": published_table(
            "Pouring, the parts of the loss (LRProp, Table 3)",
            f"{_IN_ORDER}accuracy 10 %, accuracy 25 %, accuracy 50 %, accuracy 100 %, DTW accuracy",
            {
                "two parts, first line": "98.97 92.58 90.4 88.68 87.49 83.99 85.08 87 86.42 81.38",
                "two parts, second line": "99.52 92.25 90.38 89.02 88.26 87.66 88.61 89.75 89.69 85",
                "all three": "99.46 94.09 92.41 91.66 90.86 92.7 93.88 94.44 94.36 90.22",
            },
        ),
        "by_action": published_table(
            "LRProp on each action of PennAction (LRProp, Table 4)",
            "Kendall's tau, progression, AP@5, accuracy 10 %, accuracy 100 %, DTW accuracy",
            {
                "squat": "99.58 97.08 90.73 90.43 91.57 87.4",
                "pushup": "99.08 92.7 92.53 89.27 93.19 92.35",
                "tennis serve": "98.66 95.54 89.44 91.31 91.69 87.85",
                "tennis forehand": "98.85 88.28 91.03 92.44 93.08 89.66",
                "situp": "99.33 95.39 96.81 96.72 97.08 95.74",
                "pullup": "99.23 96.8 96.52 96.34 96.27 95.25",
                "jumping jacks": "98.63 97.02 91.84 93.41 93.76 90.08",
                "golf swing": "98.92 98.19 95.3 94.92 95.4 92.69",
                "bowl": "98.84 76.21 90.65 85.02 85.68 83.88",
                "bench press": "99.32 95.14 93.96 93.81 95.33 92.57",
                "baseball swing": "99.2 94.9 92.11 89.59 93.11 90.07",
                "baseball pitch": "99.35 98.05 92.91 93.11 95.29 90.93",
                "clean and jerk": "99.2 87.64 88.24 88.62 90.8 83.59",
            },
        ),
    }
)

_PHASES = "accuracy 10 %, accuracy 50 %, accuracy 100 %"

#: MASA's tables by name. MASA of RGB features in the first is one model of all activities, of skeletons a
#: model for each, by the second. Without self-attention progression is higher than with all parts.
MASA_TABLES: Mapping[str, Published] = MappingProxyType(
    {
        "penn_action": published_table(
            "PennAction (MASA, Table 1)",
            f"{_PHASES}, progression, Kendall's tau",
            {
                "LA2DS, 2-D heat maps": "89.27 92.30 92.63 93.48 98.87",
                "LAV, skeletons": "79.83 80.25 80.20 64.04 69.83",
                "TCC, skeletons": "79.53 83.75 84.51 62.68 62.67",
                "CASA, skeletons": "88.55 91.87 92.20 94.49 97.28",
                "MASA, skeletons": "89.26 92.46 93.03 93.42 95.85",
                "TCC, RGB": "79.72 81.11 81.35 66.38 70.12",
                "TCN, RGB": "81.99 83.67 84.04 67.62 73.28",
                "LAV, RGB": "83.56 83.95 84.25 66.13 80.47",
                "VAVA, RGB": "83.89 84.23 84.48 - -",
                "LA2DS, RGB": "84.75 86.91 88.58 88.91 96.25",
                "VSP, RGB": "92.24 92.48 93.12 92.30 98.60",
                "CARL, RGB": "- - 93.18 93.1 96.80",
                "MASA, RGB": "92.40 92.84 93.63 99.14 98.94",
            },
        ),
        "h2o": published_table(
            "H2O, pouring milk (MASA, Table 1)",
            f"{_PHASES}, progression, Kendall's tau",
            {
                "LA2DS, 2-D heat maps": "55.86 64.58 70.12 92.80 96.70",
                "LAV, skeletons": "37.05 39.50 40.45 - -",
                "TCC, skeletons": "30.40 40.20 42.72 - -",
                "CASA, skeletons": "43.50 62.51 68.78 90.86 94.65",
                "MASA, skeletons": "45.94 69.97 75.17 94.00 96.74",
                "TCC, RGB": "43.30 52.48 52.78 - -",
                "LAV, RGB": "35.38 51.66 53.43 59.13 53.23",
                "LA2DS, RGB": "48.08 63.26 68.85 91.13 94.78",
                "MASA, RGB": "74.71 80.35 83.68 92.75 98.57",
            },
        ),
        "ikea_asm": published_table(
            "IKEA ASM (MASA, Table 1)",
            _PHASES,
            {
                "LA2DS, 2-D heat maps": "26.43 32.56 34.73",
                "LAV, skeletons": "14.52 16.31 18.63",
                "TCC, skeletons": "11.95 13.53 18.63",
                "CASA, skeletons": "21.32 31.52 31.06",
                "MASA, skeletons": "27.17 34.55 36.87",
                "TCC, RGB": "27.74 25.70 26.80",
                "TCN, RGB": "25.17 25.70 26.80",
                "LAV, RGB": "29.78 29.85 30.43",
                "VAVA, RGB": "31.66 33.79 32.91",
                "LA2DS, RGB": "28.31 32.98 35.55",
                "VSP, RGB": "- - 36.09",
                "MASA, RGB": "24.31 35.18 38.83",
            },
        ),
        "activities": published_table(
            "PennAction, a model for each activity or one of all (MASA, Table 2)",
            f"progression, Kendall's tau, retrieval, {_PHASES}",
            {
                "CASA, skeletons, for each": "94.49 97.28 89.07 88.55 91.87 92.20",
                "CASA, skeletons, of all": "90.12 92.36 84.95 84.37 90.40 90.12",
                "MASA, skeletons, for each": "93.41 95.85 90.88 89.26 92.46 93.03",
                "MASA, skeletons, of all": "99.06 96.52 90.96 90.16 91.71 92.23",
                "CARL, RGB, for each": "93.1 96.8 91.39 - - 93.18",
                "CARL, RGB, of all": "91.8 98.5 91.82 - - 93.07",
                "MASA, RGB, for each": "91.03 96.46 91.56 90.43 91.25 92.12",
                "MASA, RGB, of all": "99.14 98.94 93.07 92.40 92.84 93.63",
            },
        ),
        "clips": published_table(
            "Actions recognised (MASA, Table 3)",
            "H2O, PennAction",
            {
                "linear classifier, skeletons": "33.88 82.36",
                "CASA, skeletons": "47.52 90.96",
                "TA-GCN, skeletons (supervised)": "58.92 -",
                "MASA, skeletons": "57.03 95.80",
                "Wen et al., RGB (supervised)": "86.36 -",
                "linear classifier, RGB": "79.34 91.50",
                "MASA, RGB": "81.81 96.73",
                "MASA, both": "82.64 97.03",
            },
        ),
        "ablation": published_table(
            "H2O, pouring milk, the parts of MASA (MASA, Table 4)",
            "accuracy 100 %, progression, Kendall's tau",
            {
                "without self-attention": "74.98 93.35 96.30",
                "without stop-gradient": "76.68 91.73 97.12",
                "without dual augmentation": "77.68 90.92 98.03",
                "without trims": "78.87 91.92 98.24",
                "without cluster predictor": "79.73 92.02 98.33",
                "without cross-attention": "79.33 92.26 97.51",
                "MASA": "83.68 92.75 98.57",
            },
        ),
    }
)

#: The claims by name.
ALIGNMENT_CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        claim.id: claim
        for claim in (
            Claim(
                "tcc-above-tcn",
                "Frames embedded by TCC align better than TCN's (and than raw features)",
                "LRProp, Tables 1, 2",
            ),
            Claim(
                "carl-above-tcn",
                "Frames embedded by CARL (SCL) align better than TCN's (and than raw features)",
                "LRProp, Tables 1, 2",
            ),
            Claim(
                "lrprop-above-tcn",
                "Frames embedded by LRProp align better than TCN's (and than raw features)",
                "LRProp, Tables 1, 2",
            ),
            Claim(
                "cross-video-terms-add",
                "What LRProp learns from two videos at once makes frames better than CARL's (SCL's)",
                "LRProp, abstract, 4.3",
            ),
            Claim(
                "propagation-adds",
                "Positions propagated along the path of time warping make LRProp's frames better",
                "LRProp, 4.4, Table 3",
            ),
            Claim("soft-dtw-adds", "Soft-DTW makes LRProp's frames better", "LRProp, 4.4, Table 3"),
            Claim(
                "half-the-labels-suffice",
                "With half of the labels LRProp's frames tell phases apart better than others' with all",
                "LRProp, 4.3",
            ),
            Claim(
                "masa-above-tcn",
                "Trained on all activities, MASA's frames align better than TCN's (and than raw features)",
                "MASA, Table 1",
            ),
            Claim(
                "masa-above-carl",
                "Trained on all activities, MASA's frames align better than CARL's",
                "MASA, Tables 1, 2",
            ),
            Claim(
                "masa-gains-from-all",
                "One MASA of all activities aligns the videos of each better than a MASA of its own does",
                "MASA, 4.5, Table 2",
            ),
            Claim(
                "carl-gains-nothing-from-all",
                "A CARL for each activity is as good as one CARL of all activities, or better",
                "MASA, 4.5, Table 2",
            ),
            Claim(
                "activities-stay-apart",
                "Trained on all activities, MASA keeps these apart, unlike methods that do not cluster",
                "MASA, 4.5, Figure 3",
            ),
            Claim(
                "masa-recognises-clips",
                "A linear classifier recognises clips better by MASA's frames than by features",
                "MASA, 4.5, Table 3",
            ),
            Claim(
                "both-kinds-are-best",
                "MASA recognises clips better by features and skeletons together than by either",
                "MASA, 4.5, Table 3",
            ),
            Claim(
                "each-part-of-masa-helps",
                "Attentions, stop-gradient, dual augmentation, trims and cluster predictor each help MASA",
                "MASA, 4.6, Table 4",
            ),
        )
    }
)
