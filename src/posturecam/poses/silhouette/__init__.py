"""The person's outline: cut out of the photo with the pose network's mask, and read along lines."""

from posturecam.poses.silhouette.shape import Silhouette

__all__ = ["Silhouette"]
