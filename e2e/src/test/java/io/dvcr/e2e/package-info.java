/** Black box: what users do, with the programs they have; knows no production code. */
@NullMarked
package io.dvcr.e2e;

import org.jspecify.annotations.NullMarked;
