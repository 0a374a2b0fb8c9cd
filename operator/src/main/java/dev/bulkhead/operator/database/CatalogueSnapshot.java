package dev.bulkhead.operator.database;

import java.util.Map;

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

    /** How many schemas carry a mark: the load of the database. */
    int markedSchemas() {
        int marked = 0;
        for (ObservedSchema tenant : tenants.values()) {
            if (tenant.schema() != null && SchemaPlan.isMark(tenant.schema().comment())) {
                marked++;
            }
        }
        return marked;
    }
}
