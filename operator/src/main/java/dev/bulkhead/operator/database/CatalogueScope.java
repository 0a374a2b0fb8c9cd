package dev.bulkhead.operator.database;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.ArrayList;
import java.util.List;

/**
 * Which tenants to look for.
 *
 * @param everything all names a tenant could have
 * @param schemaNames their schemas, when not everything
 * @param roleNames their roles, when not everything
 * @param depth how closely
 */
record CatalogueScope(boolean everything, List<String> schemaNames, List<String> roleNames, Depth depth) {
    /** How closely tenants are looked at. The closer, the more a look costs, and the more a tenant can add to it. */
    enum Depth {
        /** Roles and schemas. */
        Names,
        /** Default privileges, too. */
        Rights,
        /** Everything a tenant made, too. */
        Things
    }

    CatalogueScope {
        schemaNames = List.copyOf(schemaNames);
        roleNames = List.copyOf(roleNames);
    }

    /** Every tenant of the database. */
    static CatalogueScope all() {
        return new CatalogueScope(true, List.of(), List.of(), Depth.Things);
    }

    /** These tenants only. */
    static CatalogueScope of(List<TenantIdentity> identities) {
        List<String> schemas = new ArrayList<>();
        List<String> roles = new ArrayList<>();
        for (TenantIdentity identity : identities) {
            schemas.add(identity.schema());
            for (RoleKind kind : RoleKind.values()) {
                roles.add(kind.of(identity));
            }
        }
        return new CatalogueScope(false, schemas, roles, Depth.Things);
    }

    /** No tenant: only what is true of the whole database. */
    static CatalogueScope none() {
        return new CatalogueScope(false, List.of(), List.of(), Depth.Things);
    }

    /** The same but for what tenants made: that many can be made must not keep anybody from being shut out. */
    CatalogueScope onlyNames() {
        return new CatalogueScope(everything, schemaNames, roleNames, Depth.Names);
    }

    /** The same but for the things in schemas, and rights on them: most of what a look costs. */
    CatalogueScope withoutThings() {
        return new CatalogueScope(everything, schemaNames, roleNames, Depth.Rights);
    }
}
