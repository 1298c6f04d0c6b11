// What Kotlin's generated models take from Moshi, which no registry that is used here has: two annotations.

package com.squareup.moshi

annotation class Json(val name: String)

annotation class JsonClass(val generateAdapter: Boolean)
