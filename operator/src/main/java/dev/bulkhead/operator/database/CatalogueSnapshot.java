package dev.bulkhead.operator.database;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One look at the catalogue of a database.
 *
 * @param facts of the whole database
 * @param tenants by the suffix of their names; whoever is not in it has nothing of its names there
 */
record CatalogueSnapshot(DatabaseFacts facts, Map<String, ObservedSchema> tenants) {
    CatalogueSnapshot {
        tenants = Map.copyOf(tenants);
    }

    /** What was found of that tenant. */
    ObservedSchema tenant(String suffix) {
        ObservedSchema found = tenants.get(suffix);
        return found == null ? ObservedSchema.absent(suffix) : found;
    }

    /** Tenants whose schema carries a mark, by the suffix of their names: the load of the database. */
    Set<String> marked() {
        Set<String> marked = new TreeSet<>();
        tenants.forEach((suffix, tenant) -> {
            if (tenant.schema() != null && SchemaPlan.isMark(tenant.schema().comment())) {
                marked.add(suffix);
            }
        });
        return marked;
    }
}
