import PSeries
