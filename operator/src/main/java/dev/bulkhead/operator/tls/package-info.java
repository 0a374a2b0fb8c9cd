/** Trust in private certificate authorities that exist only as text. */
@NullMarked
package dev.bulkhead.operator.tls;

import org.jspecify.annotations.NullMarked;
