"""Keys that others have published, and the principals that their tools say they have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A PEM and who it is."""

    origin: str
    pem: str
    principal: str
    password: str | None = None


def pem(label: str, *lines: str) -> str:
    """A block of PEM."""
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


KOBLITZ = "5upke-tazvi-6ufqc-i3v6r-j4gpu-dpwti-obhal-yb5xj-ue32x-ktkql-rqe"
PRIME = "qkn3n-adewz-qvqxz-gkchb-ughyj-pl23l-ezdak-7rnds-fime4-si4tn-nae"

KOBLITZ_WITHOUT_CURVE = pem(
    "EC PRIVATE KEY",
    "MGsCAQEEIGucoIozemHx4AuybfcAogFKbdEO+tm7sCR+1A2tvljsoUQDQgAEENNJ",
    "gKUa+J0zMa1fqA/jDYhorYdSZGCzs+FVlu5Y6BJCKYfYWJumEJgmTfW7nC0/9v4G",
    "F0a0sxpE7CZjZjK4NQ==",
)
DFX_KEY = pem(
    "EC PRIVATE KEY",
    "MHQCAQEEIE+3ipe2ruuJOmeBAhImUP/jic7Qwk2fXC8BaAmu6VK4oAcGBSuBBAAK",
    "oUQDQgAEBQKn0CLyiA/fQf6L8S07/MDJ9kIJTzZvm2jFo2/yvSToGee+XzP/GCE4",
    "08ZcZFM1EwUsknDBoSd0EF1PzFRmJg==",
)
DFX_PRINCIPAL = "j4p4p-o5ogq-4gzev-t3kay-hpm5o-xuwpz-yvrpp-47cc4-qyunt-k76yw-qae"
PRIME_SEC1 = pem(
    "EC PRIVATE KEY",
    "MHcCAQEEIDPvCy0Dn+iW+ItOElX6F29uhpG4aro3B44k6TEa7Q8KoAoGCCqGSM49",
    "AwEHoUQDQgAE8ml7yIPIr2DlV38RXoats0N55RxsyzkLwFOQHqVgQ0lFXdi/XxNg",
    "WgrJX3zL8m3BTNS2SwaqIUtllkRLrgcqnQ==",
)

PUBLISHED = (
    Published("dfx's test of an import without curve parameters", DFX_KEY, DFX_PRINCIPAL),
    Published(
        "icp-cli: SEC1, the curve in a block before it",
        pem("EC PARAMETERS", "BgUrgQQACg==") + KOBLITZ_WITHOUT_CURVE,
        KOBLITZ,
    ),
    Published("icp-cli: SEC1 that names no curve", KOBLITZ_WITHOUT_CURVE, KOBLITZ),
    Published(
        "icp-cli: PKCS#8 on secp256k1",
        pem(
            "PRIVATE KEY",
            "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQga5ygijN6YfHgC7Jt9wCi",
            "AUpt0Q762buwJH7UDa2+WOyhRANCAAQQ00mApRr4nTMxrV+oD+MNiGith1JkYLOz",
            "4VWW7ljoEkIph9hYm6YQmCZN9bucLT/2/gYXRrSzGkTsJmNmMrg1",
        ),
        KOBLITZ,
    ),
    Published("icp-cli: SEC1 on P-256", PRIME_SEC1, PRIME),
    Published(
        "icp-cli: SEC1 on P-256, the curve in a block before it as well",
        pem("EC PARAMETERS", "BggqhkjOPQMBBw==") + PRIME_SEC1,
        PRIME,
    ),
    Published(
        "icp-cli: PKCS#8 on P-256",
        pem(
            "PRIVATE KEY",
            "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgM+8LLQOf6Jb4i04S",
            "VfoXb26GkbhqujcHjiTpMRrtDwqhRANCAATyaXvIg8ivYOVXfxFehq2zQ3nlHGzL",
            "OQvAU5AepWBDSUVd2L9fE2BaCslffMvybcFM1LZLBqohS2WWREuuByqd",
        ),
        PRIME,
    ),
    Published(
        "icp-cli: Ed25519 of version 1",
        pem("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEIKmQZLWPgPW+fmjdNqTdvpIM8uHSqEbtjDyGKU8ssRLG"),
        "jj5yb-kxwog-t6hmv-jxmpm-rtuci-uikjz-qkezj-4armi-wihgt-ulmi3-bqe",
    ),
    Published(
        "icp-cli: Ed25519 as old dfx wrote it",
        pem(
            "PRIVATE KEY",
            "MFMCAQEwBQYDK2VwBCIEIG3ed3wSQxzvolbHh78sqeJorU03Q0gc4hGeRcjC6Q3V",
            "oSMDIQBJK5H9sOWgFEFidi27yziJCwJ0rGb5H0imTYKG8/0GAA==",
        ),
        "x7ywp-7tq2e-kf2va-55mam-af7m6-5hvrz-apafo-ytb7z-fsuh2-qdo4s-nqe",
    ),
    Published(
        "icp-cli: secp256k1 with a password, by scrypt",
        pem(
            "ENCRYPTED PRIVATE KEY",
            "MIHtMFgGCSqGSIb3DQEFDTBLMCoGCSsGAQQB2kcECzAdBBAqCEiswrN0Wo3rRVCs",
            "VYD5AgMCAAACAQgCAQEwHQYJYIZIAWUDBAEqBBA9C7GEwqRknMY/hMqgsCmUBIGQ",
            "JGtxKtB+wXbfgZUvRyAiGr5RuctSHaF+OBT4ctdD02fmy/eBAWslKJ8DciSPVqaP",
            "L0B0+y0vMYG9pxaL3WGlDRIAs1OxlF6YlPGGatD2FcTFt0fpYjHrK1mj1IR7SRir",
            "fj6N8yzVxvOCHtFEINjo90SwBqM/Nak7jh1amcszlnNYJiZ1hq4APFPz2JeElld0",
        ),
        KOBLITZ,
        "swordfish",
    ),
    Published(
        "the pkcs8 crate as icp-cli uses it: Ed25519 of version 2 inside",
        pem(
            "ENCRYPTED PRIVATE KEY",
            "MIG8MFgGCSqGSIb3DQEFDTBLMCoGCSsGAQQB2kcECzAdBBAHBwcHBwcHBwcHBwcH",
            "BwcHAgMCAAACAQgCAQEwHQYJYIZIAWUDBAEqBBAJCQkJCQkJCQkJCQkJCQkJBGA3",
            "Wc5KTdzXaBmiNQxsi5GzsAn8nlWLitXGa/qaHL0pnSxgwB+8Pnu8Xe8IEpiA1LGW",
            "t6tF43u1YCvtmmF/fQJiaSN8CEiKm1oDQY8E/0l0/67WT0zV5fp0i1dLfocEygk=",
        ),
        "yavxl-ppty4-enezb-hcalr-cdgzv-zoexx-7od3c-urvk6-rfzs4-552ct-7ae",
        "swordfish",
    ),
)

ENCRYPTED_SALT = "b4f0" * 16
ENCRYPTED_NONCE = bytes.fromhex("00112233445566778899aabb")
ENCRYPTED_PASSWORD = "correct horse battery"
ENCRYPTED_DFX_KEY = (
    "xJ07uqxBNqA0KpzoBWP0cIN5u1RS8F1VhA5Gxvoz6/KopatKS6VxKaVp+RHXBROkJGmyEWPmvvnB41LZGxYrugaI3K"
    "ok90/8sqgXZW2NeHL/ePfDUGvYRtc9rSe8JqlUGZ1LwYo7LMbWQdT3ss8ZcATI5uMJLFoKAztHDQrxmvzs7mu7AbwL"
    "r2ct78GQwNul1BwLzo/+FAB82TJQFat3J57ASNjspwEi7F8e2R0h8iZvvpiZ9gK0Sz+gac11qh4RE9AqOFQ80kiYSV"
    "eB2/5zQBXTRYma/XxnrKQ0ArrKBJqUwIqKQoKS9gxkLaOgwhE="
)
"""`DFX_KEY`, encrypted by the crates that dfx uses: argon2 0.4.1 and aes-gcm 0.10.3."""
