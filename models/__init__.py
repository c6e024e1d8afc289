"""Mathematics, by the question it answers: frames in, frames out."""
