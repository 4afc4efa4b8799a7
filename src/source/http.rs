//! One GET of a vendor API: token, budget, size caps, inflation, and errors told apart.
