from odoo import api, models


class CreditCachedMixin(models.AbstractModel):
    """Records that caches of the registry know by heart: a change empties these."""

    _name = "credit.cached.mixin"
    _description = "Cached Record"

    #: Fields that are kept in caches; where none is named, all are.
    _cached_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self._cached_fields or not self._cached_fields.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
